public import Synchronization

/// Stops calls to a service that keeps failing. It opens after failures in a row or at a failure
/// rate, rejects calls for a time, then admits a few calls as probes.
///
/// A pure state machine behind a mutex; observers are called outside the mutex. One breaker guards
/// one service, for any number of tasks and threads. While it counts failures in a row and is
/// closed, a successful call takes neither the mutex nor the clock. A rejection does not take the
/// mutex.
public final class CircuitBreaker: BlockingStrategy {
    /// The number of failures, or the share of failed calls, that opens the breaker; can be changed
    /// at run time.
    public let failureThreshold: Limit
    /// The length of the open interval in milliseconds; can be changed at run time.
    public let openMilliseconds: Limit
    /// The policy that the breaker was created with.
    public let policy: CircuitBreakerPolicy

    private let machine: Mutex<StateMachine>
    /// The machine's gate; written under the lock, read without it.
    @usableFromInline let gate: Atomic<Int>
    /// Successes that changed nothing, counted without the lock.
    @usableFromInline let quietSuccesses = Atomic<Int>(0)
    /// Calls rejected without the lock.
    private let quietRejections = Atomic<Int>(0)
    private let shut: ShutWords
    @usableFromInline let timesCalls: Bool
    private let results: ResultClassifier?
    @usableFromInline let judgesResults: Bool
    private let time: TimeSource
    private let observers = Observers<Transition>()
    private let timer = Mutex<Timer?>(nil)

    /// The timer that ends an open state on time even if no call arrives.
    private struct Timer {
        let version: Int
        let task: Task<Void, Never>
    }

    /// Creates a breaker. Tests may replace the clock and the random source.
    ///
    /// - Parameter saved: the initial state, such as ``Saved/forcedOpen`` or a stored one; closed
    ///   by default.
    public init(
        _ policy: CircuitBreakerPolicy = .standard, initially saved: Saved = .closed,
        time: TimeSource = .monotonic, random: RandomSource = .system
    ) {
        self.policy = policy
        self.time = time
        results = policy.results
        judgesResults = policy.results != nil
        let machine = StateMachine(policy, now: time.now, saved: saved, random: random)
        gate = Atomic(machine.gate.word)
        shut = ShutWords(policy)
        self.machine = Mutex(machine)
        switch policy.trip {
        case .consecutiveFailures(let failures), .failures(let failures, _):
            timesCalls = false
            failureThreshold = Limit(
                "failure_threshold", Double(failures), in: 1...1_000_000, unit: "failures")
        case .rate(let rate):
            timesCalls = rate.slowCalls != nil
            failureThreshold = Limit(
                "failure_threshold", rate.failureShare, in: 0.001...1, unit: "share")
        }
        openMilliseconds = Limit(
            "open_ms", Double(policy.openFor.milliseconds),
            in: 1...Double(Backoff.longest.milliseconds), unit: "ms")
        let start = snapshot
        schedule(version: start.version, state: start.state, wait: start.probeIn)
    }

    deinit {
        timer.withLock { $0?.task.cancel() }
    }

    /// Runs the operation if the breaker admits the call.
    @inlinable
    public func run<Success, Failure: Error>(
        _ call: inout Call,
        _ operation: (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        let permit: StateMachine.Permit
        do throws(Rejection) { permit = try admit() } catch { throw .rejected(error) }
        if permit.isProbe { beginProbe() }
        do throws(CallError<Failure>) {
            let success = try await operation(&call)
            if permit.isProbe { endProbe() }
            if judgesResults {
                finish(permit, result(of: success, &call))
            } else {
                succeeded(permit)
            }
            return success
        } catch {
            if permit.isProbe { endProbe() }
            finish(permit, result(of: error))
            throw error
        }
    }

    /// Runs the operation on the caller's thread if the breaker admits the call.
    @inlinable
    public func runBlocking<Success, Failure: Error>(
        _ call: inout Call, _ operation: (inout Call) throws(CallError<Failure>) -> Success
    ) throws(CallError<Failure>) -> Success {
        let permit: StateMachine.Permit
        do throws(Rejection) { permit = try admit() } catch { throw .rejected(error) }
        if permit.isProbe { beginProbe() }
        do throws(CallError<Failure>) {
            let success = try operation(&call)
            if permit.isProbe { endProbe() }
            if judgesResults {
                finish(permit, result(of: success, &call))
            } else {
                succeeded(permit)
            }
            return success
        } catch {
            if permit.isProbe { endProbe() }
            finish(permit, result(of: error))
            throw error
        }
    }

    /// The present state, counts and version. Reading it has no side effects.
    public var snapshot: Snapshot {
        let now = time.now
        return machine.withLock { machine in
            var snapshot = machine.snapshot(now: now)
            snapshot.counts.succeeded += quietSuccesses.load(ordering: .relaxed)
            snapshot.counts.rejected += quietRejections.load(ordering: .relaxed)
            return snapshot
        }
    }

    /// The present state in a form that can be stored. Reading it has no side effects.
    public var saved: Saved {
        let now = time.now
        return machine.withLock { $0.saved(now: now) }
    }

    /// The condition that opens the breaker, as text, including an operator's change.
    public var trip: String {
        policy.trip.inWords(threshold: failureThreshold.value)
    }

    /// Applies an order.
    ///
    /// - Parameters:
    ///   - by: the author of the order.
    ///   - ifVersion: applies the order only if the breaker is at this version.
    /// - Returns: the version after the change.
    /// - Throws: ``OrderRejection``, and changes nothing, if the order is not valid in the present
    ///   state or the version differs.
    @discardableResult
    public func apply(
        _ order: Order, by author: Author = .agent, ifVersion: Int? = nil
    ) throws(OrderRejection) -> Int {
        let result = change { machine -> Result<(Transition?, Int), OrderRejection> in
            if let ifVersion, ifVersion != machine.version {
                return .failure(.conflict(version: machine.version, expected: ifVersion))
            }
            do throws(OrderRejection) {
                let transition = try machine.apply(order, by: author, now: time.now)
                if order == .reset {
                    quietSuccesses.store(0, ordering: .relaxed)
                    quietRejections.store(0, ordering: .relaxed)
                }
                return .success((transition, machine.version))
            } catch {
                return .failure(error)
            }
        }
        let (transition, version) = try result.get()
        announce(transition)
        return version
    }

    /// Forces the breaker open for a time, after which it probes, or until ``reset(by:)``.
    public func forceOpen(for duration: Duration? = nil, by author: Author = .agent) {
        // The orders `open` and `reset` are valid in every state.
        _ = try? apply(.open(for: duration), by: author)
    }

    /// Closes the breaker and clears all counts.
    public func reset(by author: Author = .agent) {
        _ = try? apply(.reset, by: author)
    }

    /// Admits all calls and continues to count them, until ``enable(by:)`` or ``reset(by:)``.
    public func disable(by author: Author = .agent) {
        // The order is valid in every state.
        _ = try? apply(.disable, by: author)
    }

    /// Ends ``disable(by:)`` and closes the breaker. Does nothing if the breaker is not disabled.
    ///
    /// - Throws: ``OrderRejection`` if the breaker is forced open; ``reset(by:)`` ends that state.
    public func enable(by author: Author = .agent) throws(OrderRejection) {
        try apply(.enable, by: author)
    }

    /// Makes the breaker half-open: the next calls are probes.
    ///
    /// - Throws: ``OrderRejection`` if the breaker is disabled.
    public func halfOpen(by author: Author = .agent) throws(OrderRejection) {
        try apply(.halfOpen, by: author)
    }

    /// Calls `observer` after each state change, outside the lock. Two concurrent changes may be
    /// reported in either order; ``Transition/version`` gives the true order.
    ///
    /// - Returns: a handle that removes the observer; it may be discarded.
    @discardableResult
    public func onTransition(
        _ observer: @escaping @Sendable (Transition) -> Void
    ) -> Observation {
        observers.add(observer)
    }

    /// Adds the kind `breaker`, the breaker itself and its limits.
    public func describe(into facets: inout Facets) {
        facets.kinds.append("breaker")
        if facets.breaker == nil { facets.breaker = self }
        facets.add(failureThreshold)
        facets.add(openMilliseconds)
    }

    @inlinable
    func admit() throws(Rejection) -> StateMachine.Permit {
        let gate = Gate(word: gate.load(ordering: .acquiring))
        guard gate.passes, !timesCalls else { return try admitSlowly(gate) }
        return StateMachine.Permit(version: gate.version)
    }

    @usableFromInline
    func admitSlowly(_ gate: Gate) throws(Rejection) -> StateMachine.Permit {
        if gate.passes { return StateMachine.Permit(version: gate.version, start: time.now) }
        if let rejection = rejection(gate) {
            quietRejections.wrappingAdd(1, ordering: .relaxed)
            throw rejection
        }
        return try admitIfHalfOpen()
    }

    /// Returns the rejection of a call while the next probe is not due. Takes no lock and does not
    /// allocate; reads no clock if the breaker is forced open until it is reset.
    @inline(__always)
    private func rejection(_ gate: Gate) -> Rejection? {
        guard gate.isShut, let shut = shut.load(isForced: gate.isForced),
            self.gate.load(ordering: .relaxed) == gate.word
        else { return nil }
        return shut.rejection(now: { time.now(before: $0) })
    }

    private func admitIfHalfOpen() throws(Rejection) -> StateMachine.Permit {
        let now = time.now
        let isWithinProbe = Probing.breakers.contains(ObjectIdentifier(self))
        let (admission, transitions) = change { machine in
            machine.openMilliseconds = openMilliseconds.value
            return machine.admit(now: now, isWithinProbe: isWithinProbe)
        }
        for transition in transitions { announce(transition) }
        switch admission {
        case .admitted(let permit): return permit
        case .rejected(let rejection): throw rejection
        }
    }

    @usableFromInline
    func beginProbe() {
        Probing.enter([ObjectIdentifier(self)])
    }

    @usableFromInline
    func endProbe() {
        Probing.leave([ObjectIdentifier(self)])
    }

    @inlinable
    func succeeded(_ permit: StateMachine.Permit) {
        let gate = Gate(word: gate.load(ordering: .acquiring))
        guard gate.isQuiet, gate.version == permit.version else {
            return finish(permit, .succeeded)
        }
        quietSuccesses.wrappingAdd(1, ordering: .relaxed)
    }

    @usableFromInline
    func finish(_ permit: StateMachine.Permit, _ result: StateMachine.CallResult) {
        let transition = change { machine in
            machine.failureThreshold = failureThreshold.value
            machine.openMilliseconds = openMilliseconds.value
            return machine.finish(permit, result, time: time)
        }
        if transition != nil { announce(transition) }
    }

    /// Changes the machine under its lock, and updates the gate.
    private func change<Result>(
        _ body: (inout sending StateMachine) -> sending Result
    ) -> sending Result {
        machine.withLock { machine in
            let version = machine.version
            let result = body(&machine)
            if machine.version != version, let now = machine.shut {
                // A reader of the old gate must not combine it with the new words.
                gate.store(Gate.changing.word, ordering: .releasing)
                shut.store(now)
            }
            gate.store(machine.gate.word, ordering: .releasing)
            return result
        }
    }

    @usableFromInline
    func result<Success>(of success: Success, _ call: inout Call) -> StateMachine.CallResult {
        guard let results, let error = results.error(for: success) else { return .succeeded }
        call.returned(error)
        return result(ofCause: error)
    }

    @usableFromInline
    func result<Failure: Error>(of error: CallError<Failure>) -> StateMachine.CallResult {
        switch error {
        case .operation, .timedOut: result(ofCause: error.cause)
        case .rejected, .cancelled: .ignored
        }
    }

    @usableFromInline
    func result(ofCause error: any Error) -> StateMachine.CallResult {
        switch (policy.classifier ?? .everything).meaning(of: error) {
        case .failure:
            let asked =
                policy.maxRetryAfter == nil
                ? nil : (error as? any ClassifiedError)?.retryAfter
            return .failed(retryAfter: asked?.delay(sinceEpoch: RetryAfter.systemClock()))
        case .success:
            return .succeeded
        case .neither:
            return .ignored
        }
    }

    private func announce(_ transition: Transition?) {
        guard let transition else { return }
        schedule(
            version: transition.version, state: transition.to, wait: transition.probeIn)
        observers.notify(transition)
    }

    private func schedule(version: Int, state: State, wait: Duration?) {
        timer.withLock { timer in
            if let timer, timer.version > version { return }
            timer?.task.cancel()
            timer = nil
            guard let wait, state == .forcedOpen || policy.halfOpensByTimer && state == .open
            else { return }
            let task = Task { [weak self, time] in
                var rest: Duration? = wait
                // A sleep on another clock may end slightly early.
                while let wait = rest {
                    do { try await time.sleep(for: wait) } catch { return }
                    rest = self?.probeIfDue(since: version)
                }
            }
            timer = Timer(version: version, task: task)
        }
    }

    /// Changes to half-open if the open interval is over; otherwise returns the remaining time.
    private func probeIfDue(since version: Int) -> Duration? {
        let (transition, rest) = change { machine -> (Transition?, Duration?) in
            guard machine.version == version else { return (nil, nil) }
            let now = time.now
            let transition = machine.probeIfDue(now: now)
            return (transition, transition == nil ? machine.snapshot(now: now).probeIn : nil)
        }
        announce(transition)
        return rest
    }
}
