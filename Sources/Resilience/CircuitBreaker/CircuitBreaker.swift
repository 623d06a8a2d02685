import Synchronization

/// Stops calling what keeps failing: opens after failures in a row or at a failure rate, rejects
/// calls for a while, then lets a few through as probes.
///
/// A pure state machine behind a mutex; observers are called outside of it. One breaker guards one
/// thing, however many tasks and threads call it. Where all is well and it counts failures in a
/// row, a call takes neither the mutex nor the clock; nor does a rejection take the mutex.
public final class CircuitBreaker: BlockingStrategy {
    /// Consecutive failures that open it, or the share of failed calls where it trips on a rate;
    /// may be changed while it runs.
    public let failureThreshold: Limit
    /// Milliseconds that it stays open; may be changed while it runs.
    public let openMilliseconds: Limit
    /// The policy that it was made with.
    public let policy: CircuitBreakerPolicy

    private let machine: Mutex<StateMachine>
    /// The machine's gate; written under its lock, read beside it.
    private let gate: Atomic<Int>
    /// Successes that changed nothing, counted beside the lock.
    private let quietSuccesses = Atomic<Int>(0)
    /// Calls rejected beside the lock.
    private let quietRejections = Atomic<Int>(0)
    private let shut: ShutWords
    private let timesCalls: Bool
    private let time: TimeSource
    private let observers = Observers<Transition>()
    private let timer = Mutex<Timer?>(nil)

    /// Ends a forced state at its time, though no call comes.
    private struct Timer {
        let version: Int
        let task: Task<Void, Never>
    }

    /// A closed breaker; the clock is for tests.
    public init(_ policy: CircuitBreakerPolicy = .standard, time: TimeSource = .monotonic) {
        self.policy = policy
        self.time = time
        let machine = StateMachine(policy, now: time.now)
        gate = Atomic(machine.gate.word)
        shut = ShutWords(policy)
        self.machine = Mutex(machine)
        switch policy.trip {
        case .consecutiveFailures(let failures):
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
    }

    deinit {
        timer.withLock { $0?.task.cancel() }
    }

    /// Runs the operation unless the breaker is open.
    @inlinable
    public func run<Success: Sendable, Failure: Error>(
        _ call: inout Call,
        _ operation: @Sendable (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        let permit: StateMachine.Permit
        do throws(Rejection) { permit = try admit() } catch { throw .rejected(error) }
        do throws(CallError<Failure>) {
            let success = try await operation(&call)
            finish(permit, .succeeded)
            return success
        } catch {
            finish(permit, meaning(of: error))
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
        do throws(CallError<Failure>) {
            let success = try operation(&call)
            finish(permit, .succeeded)
            return success
        } catch {
            finish(permit, meaning(of: error))
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
    /// - Throws: ``Refused``, and changes nothing, where the order makes no sense in the present
    ///   state or the version is another one.
    @discardableResult
    public func obey(
        _ order: Order, by author: Author = .agent, ifVersion: Int? = nil
    ) throws(Refused) -> Int {
        let result = change { machine -> Result<(Transition?, Int), Refused> in
            if let ifVersion, ifVersion != machine.version {
                return .failure(.conflict(version: machine.version, expected: ifVersion))
            }
            do throws(Refused) {
                let transition = try machine.obey(order, by: author, now: time.now)
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
        _ = try? obey(.open(for: duration), by: author)
    }

    /// Closes it, with all counts cleared.
    public func reset(by author: Author = .agent) {
        _ = try? obey(.reset, by: author)
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

    @usableFromInline
    func admit() throws(Rejection) -> StateMachine.Permit {
        let gate = Gate(word: gate.load(ordering: .acquiring))
        if gate.passes {
            return StateMachine.Permit(version: gate.version, start: timesCalls ? time.now : nil)
        }
        if let rejection = rejection(gate) {
            quietRejections.add(1, ordering: .relaxed)
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
        let (admission, transition) = change { $0.admit(now: now) }
        if transition != nil { announce(transition) }
        switch admission {
        case .admitted(let permit): return permit
        case .rejected(let rejection): throw rejection
        }
    }

    @usableFromInline
    func finish(_ permit: StateMachine.Permit, _ result: StateMachine.CallResult) {
        let gate = Gate(word: gate.load(ordering: .acquiring))
        if result == .succeeded, gate.isQuiet, gate.version == permit.version {
            quietSuccesses.add(1, ordering: .relaxed)
            return
        }
        let transition = change { machine in
            machine.failureThreshold = failureThreshold.value
            machine.openMilliseconds = openMilliseconds.value
            return machine.finish(permit, result, now: { time.now })
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
    func meaning<Failure: Error>(
        of error: CallError<Failure>
    ) -> StateMachine.CallResult {
        switch error {
        case .operation(let failure):
            policy.classifier?.isRetryable(failure) ?? true ? .failed : .succeeded
        case .timedOut: .failed
        case .rejected, .cancelled: .ignored
        }
    }

    private func announce(_ transition: Transition?) {
        guard let transition else { return }
        schedule(after: transition)
        observers.notify(transition)
    }

    private func schedule(after transition: Transition) {
        timer.withLock { timer in
            if let timer, timer.version > transition.version { return }
            timer?.task.cancel()
            timer = nil
            guard transition.to == .forcedOpen, let wait = transition.probeIn else { return }
            let task = Task { [weak self, time] in
                var rest: Duration? = wait
                // A sleep measured by another clock may end a moment early.
                while let wait = rest {
                    do { try await time.sleep(for: wait) } catch { return }
                    rest = self?.probeIfDue(since: transition.version)
                }
            }
            timer = Timer(version: transition.version, task: task)
        }
    }

    /// Ends a forced state that is over; the time that is left where it is not.
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
