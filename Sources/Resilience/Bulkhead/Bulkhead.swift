import Synchronization

/// Limits the number of calls that run at the same time. Further calls wait in a first-in,
/// first-out queue of limited size; if it is full, calls are rejected. A service that hangs can
/// thus occupy only a bounded number of calls.
///
/// A queued call runs when a permit is free. A cancelled call leaves the queue at once. Tasks and
/// threads share one queue.
///
/// Do not call a bulkhead from inside a call of the same bulkhead. The inner call may wait for the
/// permit that the outer call holds, and without ``BulkheadPolicy/maxWait`` it waits for ever. Such
/// calls are not detected, because detection would cost more than a call does (14 to 22 ns). With
/// `maxWait`, the inner call ends with ``Rejection/queueTimeout(after:)``.
public final class Bulkhead: BlockingStrategy {
    /// The number of calls that can run at the same time; can be changed at run time. A higher
    /// value admits waiting calls at once; a lower value does not end running calls.
    public let maxConcurrent: Limit
    /// The number of calls that can wait; can be changed at run time. A lower value does not remove
    /// waiting calls.
    public let queueSize: Limit
    /// The policy that the bulkhead was created with.
    public let policy: BulkheadPolicy

    private struct State {
        var machine: StateMachine
        var waiters: [StateMachine.Ticket: Waiter] = [:]
    }

    private typealias Waiter = OneShot<Turn>

    /// The way in which waiting ended.
    enum Turn: Equatable, Sendable {
        case admitted
        case expired(after: Duration)
        case cancelled
    }

    /// A place in the queue and the task or thread that waits there.
    @usableFromInline
    struct Place: Sendable {
        let ticket: StateMachine.Ticket
        let waiter: OneShot<Turn>
    }

    /// The reason why a call does not run.
    @usableFromInline
    enum Refusal: Error, Sendable {
        case rejected(Rejection)
        case cancelled
    }

    private let state: Mutex<State>
    private let time: TimeSource

    /// Creates a bulkhead with a policy. Tests may replace the clock.
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

    /// Runs the operation as soon as a permit is free.
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

    /// Runs the operation as soon as a permit is free, and blocks the thread until then.
    /// Cancellation of the thread's task is noticed only when the permit is granted.
    ///
    /// Do not use it on the threads of Swift's concurrency pool: the calls that hold the permits
    /// may need these threads.
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

    /// Adds the kind `bulkhead`, the bulkhead itself and its limits.
    public func describe(into facets: inout Facets) {
        facets.kinds.append("bulkhead")
        if facets.bulkhead == nil { facets.bulkhead = self }
        facets.add(maxConcurrent)
        facets.add(queueSize)
    }

    /// The numbers of running, waiting and rejected calls.
    public struct Counts: Equatable, Sendable {
        /// Running calls.
        public let active: Int
        /// Waiting calls.
        public let queued: Int
        /// Calls rejected since the start, including those that exceeded `maxWait`.
        public let rejected: Int
    }

    /// The present numbers. Reading them has no side effects.
    public var counts: Counts {
        state.withLock { state in
            Counts(
                active: state.machine.active, queued: state.machine.queued,
                rejected: state.machine.rejected)
        }
    }

    /// Takes a permit or a place in the queue.
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

    /// Blocks the thread until a permit is granted.
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
            // Cancelled at the moment when the permit was granted: the permit goes to the next
            // call.
            leave()
            throw .cancelled
        case .expired(let wait):
            throw .rejected(.queueTimeout(after: wait))
        case .cancelled:
            throw .cancelled
        }
    }

    /// Starts the task that ends the wait after `maxWait`; `nil` without `maxWait`.
    private func expiry(of place: Place) -> Task<Void, Never>? {
        guard let wait = policy.maxWait else { return nil }
        return Task {
            do { try await time.sleep(for: wait) } catch { return }
            end(place, .expired(after: wait))
        }
    }

    /// Removes a call from the queue, unless it already has its permit.
    private func end(_ place: Place, _ turn: Turn) {
        let hasLeft = state.withLock { state in
            state.waiters[place.ticket] = nil
            return state.machine.abandon(place.ticket, expired: turn != .cancelled)
        }
        if hasLeft { place.waiter.fill(turn) }
    }

    private func resize() {
        let admitted = state.withLock { state in
            // Reads the limits instead of the reported change: of two concurrent changes, the later
            // one applies.
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
