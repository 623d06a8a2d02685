public import Synchronization

/// Stops calling what keeps failing: opens after failures in a row or at a failure rate, rejects
/// calls for a while, then lets a few through as probes.
///
/// A pure state machine behind a mutex; observers are called outside of it. One breaker guards one
/// thing, however many tasks and threads call it. Where all is well and it counts failures in a
/// row, a call takes neither the mutex nor the clock; nor does a rejection take the mutex.
public final class CircuitBreaker: BlockingStrategy {
    /// The number of failures that opens it, or the share of failed calls where it trips on a rate;
    /// may be changed while it runs.
    public let failureThreshold: Limit
    /// Milliseconds that it stays open; may be changed while it runs.
    public let openMilliseconds: Limit
    /// The policy that it was made with.
    public let policy: CircuitBreakerPolicy

    private let machine: Mutex<StateMachine>
    /// The machine's gate; written under its lock, read beside it.
    @usableFromInline let gate: Atomic<Int>
    /// Successes that changed nothing, counted beside the lock.
    @usableFromInline let quietSuccesses = Atomic<Int>(0)
    /// Calls rejected beside the lock.
    private let quietRejections = Atomic<Int>(0)
    private let shut: ShutWords
    @usableFromInline let timesCalls: Bool
    private let results: ResultClassifier?
    @usableFromInline let judgesResults: Bool
    private let time: TimeSource
    private let observers = Observers<Transition>()
    private let timer = Mutex<Timer?>(nil)

    /// Ends an open state at its time, though no call comes.
    private struct Timer {
        let version: Int
        let task: Task<Void, Never>
    }

    /// A breaker, closed unless it begins with another state; clock and random source are for tests.
    ///
    /// - Parameter saved: the state that it begins with, such as ``Saved/forcedOpen``, or one that was
    ///   stored.
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

    /// Runs the operation unless the breaker is open.
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

    /// Runs the operation on the caller's thread unless the breaker is open.
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

    /// The present state, counts and version. Taking it changes nothing.
    public var snapshot: Snapshot {
        let now = time.now
        return machine.withLock { machine in
            var snapshot = machine.snapshot(now: now)
            snapshot.counts.succeeded += quietSuccesses.load(ordering: .relaxed)
            snapshot.counts.rejected += quietRejections.load(ordering: .relaxed)
            return snapshot
        }
    }

    /// The present state in a form that can be stored. Taking it changes nothing.
    public var saved: Saved {
        let now = time.now
        return machine.withLock { $0.saved(now: now) }
    }

    /// What opens it, in words, an operator's change included.
    public var trip: String {
        policy.trip.inWords(threshold: failureThreshold.value)
    }

    /// Changes the state by hand.
    ///
    /// - Parameters:
    ///   - by: who orders it.
    ///   - ifVersion: acts only while the breaker is at this version.
    /// - Returns: the version after it.
    /// - Throws: ``OrderRejection``, and changes nothing, where the order makes no sense in the present
    ///   state or the version is another one.
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

    /// Holds it open for a time, after which it probes, or until ``reset(by:)``.
    public func forceOpen(for duration: Duration? = nil, by author: Author = .agent) {
        // Open and reset are taken in every state.
        _ = try? apply(.open(for: duration), by: author)
    }

    /// Closes it, with all counts cleared.
    public func reset(by author: Author = .agent) {
        _ = try? apply(.reset, by: author)
    }

    /// Lets everything pass, and goes on counting, until ``enable(by:)`` or ``reset(by:)``.
    public func disable(by author: Author = .agent) {
        // Taken in every state.
        _ = try? apply(.disable, by: author)
    }

    /// Ends ``disable(by:)``: closes it. Does nothing where it is not disabled.
    ///
    /// - Throws: ``OrderRejection`` where it is forced open, which ``reset(by:)`` ends.
    public func enable(by author: Author = .agent) throws(OrderRejection) {
        try apply(.enable, by: author)
    }

    /// Lets the next calls pass as probes.
    ///
    /// - Throws: ``OrderRejection`` where it is disabled.
    public func halfOpen(by author: Author = .agent) throws(OrderRejection) {
        try apply(.halfOpen, by: author)
    }

    /// Calls `observer` after each state change, outside of the lock. Two changes at the same time
    /// may be told in either order: ``Transition/version`` has the true one.
    ///
    /// - Returns: takes the observer off again; may be dropped.
    @discardableResult
    public func onTransition(
        _ observer: @escaping @Sendable (Transition) -> Void
    ) -> Observation {
        observers.add(observer)
    }

    /// Adds `breaker`, itself and its limits.
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

    /// The rejection of a call while it is not yet time to probe: no lock, no allocation, and no
    /// clock where it is held open until it is reset.
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

    /// Changes the machine under its lock, and the gate with it.
    private func change<Result>(
        _ body: (inout sending StateMachine) -> sending Result
    ) -> sending Result {
        machine.withLock { machine in
            let version = machine.version
            let result = body(&machine)
            if machine.version != version, let now = machine.shut {
                // Whoever reads the old gate must not take the new words for its own.
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
                // A sleep measured by another clock may end a moment early.
                while let wait = rest {
                    do { try await time.sleep(for: wait) } catch { return }
                    rest = self?.probeIfDue(since: version)
                }
            }
            timer = Timer(version: version, task: task)
        }
    }

    /// Ends an open state that is over; the time that is left where it is not.
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
