import Synchronization

/// Carries out what is asked for under one key once: who asks again, meanwhile or later, gets the
/// same result.
///
/// ```swift
/// let receipts = Idempotency<String, Receipt, any Error>()
/// let receipt = try await receipts.call(order.id, fingerprint: order.hash) {
///     try await pay(order)
/// }
/// ```
///
/// Callers at the same time share one execution, which is a task of its own: a caller that is
/// cancelled leaves at once and the execution goes on for the others; it is cancelled when the last
/// has left. Failures are not kept unless asked for: who asks later tries again. Rejections,
/// time-outs and cancellation are never kept. Another request under a key that is in use is rejected
/// with ``Rejection/fingerprintMismatch(key:)``.
///
/// An operation that asks for its own key would wait for itself; it is rejected with
/// ``Rejection/idempotencyReentered(key:)``. Whether a caller is inside of an operation is known by a
/// task local: child tasks and `Task { }` that the operation starts are inside of it, even where the
/// operation does not wait for them. Threads and detached tasks are outside. Two operations of
/// different callers that ask for each other's keys are not detected.
public final class Idempotency<
    Key: Hashable & Sendable, Success: Sendable, Failure: Error
>: Monitorable {
    /// Where results are kept.
    public typealias Storage = any IdempotencyStorage<Key, Success, Failure>

    /// How a caller's waiting ended.
    enum Turn: Sendable {
        case ended(End)
        case left
    }

    /// What an execution came to, and for which request.
    struct End: Sendable {
        let fingerprint: String?
        let result: Result<Success, CallError<Failure>>
    }

    private struct State {
        var machine = StateMachine()
        var waiters: [StateMachine.Ticket: OneShot<Turn>] = [:]
        var tasks: [Key: Task<Void, Never>] = [:]

        mutating func place(_ ticket: StateMachine.Ticket) -> Place {
            let place = Place(ticket: ticket, waiter: OneShot())
            waiters[ticket] = place.waiter
            return place
        }
    }

    private enum Entry {
        case execute(Place)
        case share(Place)
        case refused(Rejection)
    }

    private struct Place: Sendable {
        let ticket: StateMachine.Ticket
        let waiter: OneShot<Turn>
    }

    /// Counts what was carried out, and what was spared.
    public let meter = IdempotencyMeter()

    private let storage: Storage
    private let keepsFailures: Bool
    private let state = Mutex(State())

    /// Keeps results in memory; 10,000 for 24 h unless the policy says otherwise.
    ///
    /// - Parameters:
    ///   - keepsFailures: whether an operation's own error is a result like another.
    ///   - time: for tests.
    public convenience init(
        _ policy: CachePolicy = .day, keepsFailures: Bool = false, time: TimeSource = .monotonic
    ) {
        self.init(storage: InMemoryStorage(policy, time: time), keepsFailures: keepsFailures)
    }

    /// Keeps results in a storage of one's own.
    public init(storage: Storage, keepsFailures: Bool = false) {
        self.storage = storage
        self.keepsFailures = keepsFailures
    }

    /// Executions and who waits for them.
    public struct Counts: Equatable, Sendable {
        /// Executions under way.
        public let running: Int
        /// Callers that wait for one, those that began it included.
        public let waiting: Int
        /// Executions since the start.
        public let executed: Int
        /// Calls since the start that joined an execution of another.
        public let shared: Int
        /// Calls since the start that a kept result answered.
        public let replayed: Int
    }

    /// The present numbers. Taking them changes nothing.
    public var counts: Counts {
        state.withLock { state in
            let counts = meter.counts
            return Counts(
                running: state.machine.running, waiting: state.machine.waiting,
                executed: counts.executed, shared: counts.shared, replayed: counts.replayed)
        }
    }

    /// Carries out `operation`, unless that was or is being done under this key.
    ///
    /// - Parameters:
    ///   - fingerprint: tells requests apart, such as a hash of the request's body.
    /// - Throws: ``CallError``: the operation's own error, `rejected` where the fingerprint is
    ///   another than that of the request under this key, or `cancelled` as soon as the task is.
    public func call(
        _ key: Key, fingerprint: String? = nil,
        _ operation: @escaping @Sendable () async throws(Failure) -> Success
    ) async throws(CallError<Failure>) -> Success {
        try await share(key, fingerprint) { () async throws(CallError<Failure>) -> Success in
            var call = Call()
            return try await attempt(&call, operation)
        }
    }

    /// Carries out `operation` under a strategy, unless that was or is being done under this key.
    ///
    /// - Parameters:
    ///   - fingerprint: tells requests apart, such as a hash of the request's body.
    ///   - strategy: what an execution runs under, whoever asks for it.
    /// - Throws: ``CallError``: the strategy's, `rejected` where the fingerprint is another than
    ///   that of the request under this key, or `cancelled` as soon as the task is.
    public func call(
        _ key: Key, fingerprint: String? = nil, under strategy: some Strategy,
        _ operation: @escaping @Sendable () async throws(Failure) -> Success
    ) async throws(CallError<Failure>) -> Success {
        try await share(key, fingerprint) { () async throws(CallError<Failure>) -> Success in
            try await strategy.call(operation)
        }
    }

    /// Carries out `operation` on the caller's thread, unless that was or is being done under this
    /// key: then the thread is blocked until it has ended.
    ///
    /// Not for the threads of Swift's own pool, which those it waits for may need. Cancellation of
    /// the thread's task is seen when the execution has ended.
    ///
    /// - Throws: ``CallError``: the operation's own error, `rejected` where the fingerprint is
    ///   another than that of the request under this key, or `cancelled`.
    public func callBlocking(
        _ key: Key, fingerprint: String? = nil, _ operation: () throws(Failure) -> Success
    ) throws(CallError<Failure>) -> Success {
        try shareBlocking(key, fingerprint) { () throws(CallError<Failure>) -> Success in
            var call = Call()
            return try attemptBlocking(&call, operation)
        }
    }

    /// Adds `idempotency` and its counts.
    public func describe(into facets: inout Facets) {
        facets.kinds.append("idempotency")
        if facets.idempotency == nil { facets.idempotency = meter }
    }

    /// - Parameter onRefusal: called where the call is rejected for its key.
    func shareBlocking(
        _ key: Key, _ fingerprint: String?, onRefusal: () -> Void = {},
        _ operation: () throws(CallError<Failure>) -> Success
    ) throws(CallError<Failure>) -> Success {
        while true {
            switch join(key, fingerprint) {
            case .refused(let rejection):
                onRefusal()
                throw .rejected(rejection)
            case .execute(let place):
                let end =
                    replay(key, fingerprint)
                    ?? executeBlocking(key, fingerprint, place.ticket, operation)
                settle(key, end)
                return try result(end, key, fingerprint, onRefusal)
            case .share(let place):
                let turn = place.waiter.block()
                if let success = try shared(turn, key, fingerprint, onRefusal) { return success }
            }
        }
    }

    /// - Parameter onRefusal: called where the call is rejected for its key.
    func share(
        _ key: Key, _ fingerprint: String?, onRefusal: () -> Void = {},
        _ operation: @escaping @Sendable () async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        while true {
            if Task.isCancelled { throw .cancelled }
            switch join(key, fingerprint) {
            case .refused(let rejection):
                onRefusal()
                throw .rejected(rejection)
            case .execute(let place):
                if let kept = replay(key, fingerprint) {
                    settle(key, kept)
                } else {
                    execute(key, fingerprint, place.ticket, operation)
                }
                switch await wait(key, place) {
                case .ended(let end): return try result(end, key, fingerprint, onRefusal)
                case .left: throw .cancelled
                }
            case .share(let place):
                let turn = await wait(key, place)
                if let success = try shared(turn, key, fingerprint, onRefusal) { return success }
            }
        }
    }

    private func join(_ key: Key, _ fingerprint: String?) -> Entry {
        state.withLock { state in
            let entry = state.machine.join(key, fingerprint: fingerprint) {
                IdempotencyScope.isInside($0, of: self)
            }
            switch entry {
            case .execute(let ticket):
                return .execute(state.place(ticket))
            case .share(let ticket):
                meter.countShared()
                return .share(state.place(ticket))
            case .conflict:
                return .refused(.fingerprintMismatch(key: "\(key)"))
            case .reentered:
                return .refused(.idempotencyReentered(key: "\(key)"))
            }
        }
    }

    /// Carries it out in a task of its own.
    private func execute(
        _ key: Key, _ fingerprint: String?, _ ticket: StateMachine.Ticket,
        _ operation: @escaping @Sendable () async throws(CallError<Failure>) -> Success
    ) {
        // Under the lock, so that the task cannot have ended before it is noted.
        state.withLock { state in
            meter.countExecuted()
            state.machine.begin(key, fingerprint: fingerprint)
            let scope = IdempotencyScope(owner: self, execution: ticket)
            state.tasks[key] = IdempotencyScope.$current.withValue(scope) {
                Task {
                    let end: End
                    do throws(CallError<Failure>) {
                        end = End(fingerprint: fingerprint, result: .success(try await operation()))
                    } catch {
                        end = End(fingerprint: fingerprint, result: .failure(error))
                    }
                    keep(end, key)
                    settle(key, end)
                }
            }
        }
    }

    private func executeBlocking(
        _ key: Key, _ fingerprint: String?, _ ticket: StateMachine.Ticket,
        _ operation: () throws(CallError<Failure>) -> Success
    ) -> End {
        state.withLock { state in
            meter.countExecuted()
            state.machine.begin(key, fingerprint: fingerprint)
        }
        let scope = IdempotencyScope(owner: self, execution: ticket)
        let end = IdempotencyScope.$current.withValue(scope) {
            do throws(CallError<Failure>) {
                return End(fingerprint: fingerprint, result: .success(try operation()))
            } catch {
                return End(fingerprint: fingerprint, result: .failure(error))
            }
        }
        keep(end, key)
        return end
    }

    private func wait(_ key: Key, _ place: Place) async -> Turn {
        await withTaskCancellationHandler {
            await place.waiter.value
        } onCancel: {
            leave(key, place)
        }
    }

    private func leave(_ key: Key, _ place: Place) {
        let (departure, task) = state.withLock { state in
            let departure = state.machine.leave(key, place.ticket)
            if departure != .tooLate { state.waiters[place.ticket] = nil }
            return (departure, departure == .leftLast ? state.tasks[key] : nil)
        }
        guard departure != .tooLate else { return }
        place.waiter.fill(.left)
        task?.cancel()
    }

    /// What was kept for the key.
    private func replay(_ key: Key, _ fingerprint: String?) -> End? {
        guard let record = storage.load(key) else { return nil }
        if record.fingerprint == fingerprint { meter.countReplayed() }
        return End(
            fingerprint: record.fingerprint, result: record.result.mapError { .operation($0) })
    }

    /// Keeps what is worth keeping; before the execution is settled, so that at no moment a key is
    /// neither under way nor kept.
    private func keep(_ end: End, _ key: Key) {
        let kept: Result<Success, Failure>
        switch end.result {
        case .success(let success):
            kept = .success(success)
        case .failure(.operation(let failure)):
            guard keepsFailures else { return }
            kept = .failure(failure)
        case .failure(.rejected), .failure(.timedOut), .failure(.cancelled):
            return
        }
        storage.save(IdempotencyRecord(fingerprint: end.fingerprint, result: kept), for: key)
    }

    /// Ends an execution and tells those who wait for it.
    private func settle(_ key: Key, _ end: End) {
        let waiters = state.withLock { state in
            state.tasks[key] = nil
            return state.machine.end(key).compactMap { state.waiters.removeValue(forKey: $0) }
        }
        for waiter in waiters { waiter.fill(.ended(end)) }
    }

    private func result(
        _ end: End, _ key: Key, _ fingerprint: String?, _ onRefusal: () -> Void
    ) throws(CallError<Failure>) -> Success {
        guard end.fingerprint == fingerprint else {
            onRefusal()
            throw .rejected(.fingerprintMismatch(key: "\(key)"))
        }
        return try end.result.get()
    }

    /// The result of another's execution; `nil` where that was cancelled, but this caller was not.
    private func shared(
        _ turn: Turn, _ key: Key, _ fingerprint: String?, _ onRefusal: () -> Void
    ) throws(CallError<Failure>) -> Success? {
        switch turn {
        case .left:
            throw .cancelled
        case .ended(let end):
            if case .failure(.cancelled) = end.result, !Task.isCancelled { return nil }
            return try result(end, key, fingerprint, onRefusal)
        }
    }
}
