import Synchronization

/// Lets a number of calls run at once and a number wait for their turn, first come, first served,
/// and rejects the rest: what hangs takes no more than its share.
///
/// A call that waits gets its own result once its turn has come. One that is cancelled leaves the
/// queue at once. Tasks and threads wait in the same queue.
///
/// A call must not be made inside of another one under the same bulkhead: it may wait for the place
/// that the outer call holds, and without ``BulkheadPolicy/maxWait`` it waits for ever. This is not
/// detected, because detection would cost more than a call does (14 to 22 ns). Set `maxWait`, so that
/// such a call ends with ``Rejection/queueTimeout(after:)``.
public final class Bulkhead: BlockingStrategy {
    /// Calls at once; may be changed while it runs. More let those that wait in at once; with
    /// fewer, those that run go on.
    public let maxConcurrent: Limit
    /// Calls that wait; may be changed while it runs. With fewer, those that wait go on waiting.
    public let queueSize: Limit
    /// The policy that it was made with.
    public let policy: BulkheadPolicy

    private struct State {
        var machine: StateMachine
        var waiters: [StateMachine.Ticket: Waiter] = [:]
    }

    private typealias Waiter = OneShot<Turn>

    /// How waiting ended.
    enum Turn: Equatable, Sendable {
        case admitted
        case expired(after: Duration)
        case cancelled
    }

    /// A place in the queue, with who waits there.
    @usableFromInline
    struct Place: Sendable {
        let ticket: StateMachine.Ticket
        let waiter: OneShot<Turn>
    }

    /// Why a call does not run.
    @usableFromInline
    enum Refusal: Error, Sendable {
        case rejected(Rejection)
        case cancelled
    }

    private let state: Mutex<State>
    private let time: TimeSource

    /// A bulkhead with a policy; the clock is for tests.
    public init(_ policy: BulkheadPolicy = .standard, time: TimeSource = .monotonic) {
        self.policy = policy
        self.time = time
        state = Mutex(
            State(
                machine: StateMachine(
                    maxConcurrent: policy.maxConcurrent, queueSize: policy.queueSize)))
        maxConcurrent = Limit(
            "max_concurrent", Double(policy.maxConcurrent), in: 1...1_000_000, unit: "calls")
        queueSize = Limit("queue_size", Double(policy.queueSize), in: 0...1_000_000, unit: "calls")
        maxConcurrent.onChange { [weak self] _ in self?.resize() }
        queueSize.onChange { [weak self] _ in self?.resize() }
    }

    /// Runs the operation when its turn has come.
    @inlinable
    public func run<Success, Failure: Error>(
        _ call: inout Call,
        _ operation: (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        do throws(Refusal) {
            if let place = try enter() { try await wait(place) }
        } catch {
            throw CallError(error)
        }
        defer { leave() }
        return try await operation(&call)
    }

    /// Runs the operation when its turn has come, blocking the thread until then. Cancellation of
    /// the thread's task is seen when its turn comes.
    ///
    /// Not for the threads of Swift's own pool, which those it waits for may need.
    @inlinable
    public func runBlocking<Success, Failure: Error>(
        _ call: inout Call, _ operation: (inout Call) throws(CallError<Failure>) -> Success
    ) throws(CallError<Failure>) -> Success {
        do throws(Refusal) {
            if let place = try enter() { try block(place) }
        } catch {
            throw CallError(error)
        }
        defer { leave() }
        return try operation(&call)
    }

    /// Adds `bulkhead`, itself and its limits.
    public func describe(into facets: inout Facets) {
        facets.kinds.append("bulkhead")
        if facets.bulkhead == nil { facets.bulkhead = self }
        facets.add(maxConcurrent)
        facets.add(queueSize)
    }

    /// Calls that run, wait, and were rejected.
    public struct Counts: Equatable, Sendable {
        /// Calls that run now.
        public let active: Int
        /// Calls that wait now.
        public let queued: Int
        /// Calls rejected since the start, those that waited too long included.
        public let rejected: Int
    }

    /// The present numbers. Taking them changes nothing.
    public var counts: Counts {
        state.withLock { state in
            Counts(
                active: state.machine.active, queued: state.machine.queued,
                rejected: state.machine.rejected)
        }
    }

    /// Takes a permit, or a place in the queue.
    @usableFromInline
    func enter() throws(Refusal) -> Place? {
        let entered = state.withLock { state -> Result<Place?, Refusal> in
            switch state.machine.enter() {
            case .admitted:
                return .success(nil)
            case .rejected(let rejection):
                return .failure(.rejected(rejection))
            case .queued(let ticket):
                let waiter = Waiter()
                state.waiters[ticket] = waiter
                return .success(Place(ticket: ticket, waiter: waiter))
            }
        }
        return try entered.get()
    }

    /// Waits for a permit.
    @usableFromInline
    func wait(_ place: Place) async throws(Refusal) {
        let timer = expiry(of: place)
        let turn = await withTaskCancellationHandler {
            await place.waiter.value
        } onCancel: {
            end(place, .cancelled)
        }
        timer?.cancel()
        await timer?.value
        try take(turn)
    }

    /// Blocks until there is a permit.
    @usableFromInline
    func block(_ place: Place) throws(Refusal) {
        let timer = expiry(of: place)
        let turn = place.waiter.block()
        timer?.cancel()
        try take(turn)
    }

    @usableFromInline
    func leave() {
        let next = state.withLock { state in
            state.machine.leave().flatMap { state.waiters.removeValue(forKey: $0) }
        }
        next?.fill(.admitted)
    }

    private func take(_ turn: Turn) throws(Refusal) {
        switch turn {
        case .admitted:
            guard Task.isCancelled else { return }
            // Cancelled just as its turn came: the permit goes on to the next.
            leave()
            throw .cancelled
        case .expired(let wait):
            throw .rejected(.queueTimeout(after: wait))
        case .cancelled:
            throw .cancelled
        }
    }

    /// Ends the wait at its longest.
    private func expiry(of place: Place) -> Task<Void, Never>? {
        guard let wait = policy.maxWait else { return nil }
        return Task {
            do { try await time.sleep(for: wait) } catch { return }
            end(place, .expired(after: wait))
        }
    }

    /// Takes a call out of the queue, unless its turn has come.
    private func end(_ place: Place, _ turn: Turn) {
        let hasLeft = state.withLock { state in
            state.waiters[place.ticket] = nil
            return state.machine.abandon(place.ticket, expired: turn != .cancelled)
        }
        if hasLeft { place.waiter.fill(turn) }
    }

    private func resize() {
        let admitted = state.withLock { state in
            // The limits and not the change that was told: of two at once, the later counts.
            let tickets = state.machine.resize(
                maxConcurrent: Int(maxConcurrent.value), queueSize: Int(queueSize.value))
            return tickets.compactMap { state.waiters.removeValue(forKey: $0) }
        }
        for waiter in admitted { waiter.fill(.admitted) }
    }
}

extension CallError {
    @usableFromInline
    init(_ refusal: Bulkhead.Refusal) {
        switch refusal {
        case .rejected(let rejection): self = .rejected(rejection)
        case .cancelled: self = .cancelled
        }
    }
}
