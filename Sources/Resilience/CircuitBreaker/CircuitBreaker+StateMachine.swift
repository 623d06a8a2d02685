extension CircuitBreaker {
    /// The breaker's state and its rules. Time comes in; transitions come out.
    @usableFromInline
    struct StateMachine: Sendable {
        /// What a call was admitted under: its result counts only while that state lasts.
        @usableFromInline
        struct Permit: Sendable {
            @usableFromInline let version: Int
        }

        enum Phase: Equatable, Sendable {
            case closed
            case open(until: Instant)
            case halfOpen(probes: Int, successes: Int)
            case forcedOpen(until: Instant?)
            case disabled
        }

        enum Admission: Sendable {
            case admitted(Permit, Transition?)
            case rejected(Rejection)
        }

        @usableFromInline
        enum CallResult: Equatable, Sendable {
            case succeeded
            case failed
            /// Cancelled or rejected further in: says nothing about the service.
            case ignored
        }

        var failureThreshold: Int
        var openFor: Duration
        let halfOpenCalls: Int
        let successesToClose: Int

        private(set) var phase = Phase.closed
        private(set) var version = 0
        private(set) var counts = Counts()
        private var by = Author.policy
        private var why = ""
        private var since: Instant

        init(_ policy: CircuitBreakerPolicy, now: Instant) {
            failureThreshold = policy.failureThreshold
            openFor = policy.openFor
            halfOpenCalls = policy.halfOpenCalls
            successesToClose = policy.successesToClose
            since = now
        }

        /// Whether calls pass without a look at the clock.
        private var passesAll: Bool {
            switch phase {
            case .closed, .disabled: true
            case .open, .halfOpen, .forcedOpen: false
            }
        }

        mutating func admit(now: () -> Instant) -> Admission {
            counts.total += 1
            if passesAll { return .admitted(Permit(version: version), nil) }
            return admitUnlessOpen(now: now())
        }

        private mutating func admitUnlessOpen(now: Instant) -> Admission {
            let transition = probeIfDue(now: now)
            guard case .halfOpen(let probes, let successes) = phase, probes < halfOpenCalls else {
                counts.rejected += 1
                return .rejected(
                    .circuit(state: phase.state, why: why, probeIn: probeIn(now: now)))
            }
            phase = .halfOpen(probes: probes + 1, successes: successes)
            return .admitted(Permit(version: version), transition)
        }

        /// Goes to half-open when its time has come: at a call, or by the timer of a forced state.
        mutating func probeIfDue(now: Instant) -> Transition? {
            switch phase {
            case .open(let until) where until <= now:
                change(to: .halfOpen(probes: 0, successes: 0), .policy, "time to probe", now)
            case .forcedOpen(let until?) where until <= now:
                change(to: .halfOpen(probes: 0, successes: 0), .policy, "held time is over", now)
            case .closed, .open, .halfOpen, .forcedOpen, .disabled:
                nil
            }
        }

        mutating func finish(
            _ permit: Permit, _ result: CallResult, now: () -> Instant
        ) -> Transition? {
            switch result {
            case .succeeded: counts.succeeded += 1
            case .failed: counts.failed += 1
            case .ignored: break
            }
            // Admitted before the last state change: counted above, but it decides nothing.
            guard permit.version == version else { return nil }
            switch (phase, result) {
            case (.closed, .succeeded), (.disabled, .succeeded):
                counts.consecutiveFailures = 0
                return nil
            case (.closed, .failed):
                counts.consecutiveFailures += 1
                guard counts.consecutiveFailures >= failureThreshold else { return nil }
                return open(failuresInWords, now: now())
            case (.disabled, .failed):
                counts.consecutiveFailures += 1
                return nil
            case (.halfOpen(let probes, let successes), .succeeded):
                guard successes + 1 >= successesToClose else {
                    phase = .halfOpen(probes: probes - 1, successes: successes + 1)
                    return nil
                }
                return change(to: .closed, .policy, "probe succeeded", now())
            case (.halfOpen, .failed):
                return open("probe failed", now: now())
            case (.halfOpen(let probes, let successes), .ignored):
                phase = .halfOpen(probes: probes - 1, successes: successes)
                return nil
            case (.closed, .ignored), (.disabled, .ignored):
                return nil
            case (.open, _), (.forcedOpen, _):
                // No permit is given out in these states.
                return nil
            }
        }

        mutating func obey(
            _ order: Order, by author: Author, now: Instant
        ) throws(Refused) -> Transition? {
            switch (order, phase) {
            case (.open(let duration), _):
                let why = duration == nil ? "forced open until reset" : "forced open for a time"
                return change(to: .forcedOpen(until: duration.map { now + $0 }), author, why, now)
            case (.reset, .closed):
                counts = Counts()
                return nil
            case (.reset, _):
                let transition = change(to: .closed, author, "reset", now)
                counts = Counts()
                return transition
            case (.halfOpen, .disabled):
                throw Refused.pointless("the breaker is disabled; enable it first")
            case (.halfOpen, .halfOpen), (.disable, .disabled), (.enable, .closed),
                (.enable, .open), (.enable, .halfOpen):
                return nil
            case (.halfOpen, _):
                return change(
                    to: .halfOpen(probes: 0, successes: 0), author, "asked to probe", now)
            case (.disable, _):
                return change(to: .disabled, author, "disabled", now)
            case (.enable, .forcedOpen):
                throw Refused.pointless("the breaker is forced open; reset it instead")
            case (.enable, .disabled):
                return change(to: .closed, author, "enabled", now)
            }
        }

        func snapshot(now: Instant) -> Snapshot {
            Snapshot(
                state: phase.state, version: version, by: by, why: why, since: now - since,
                probeIn: probeIn(now: now), counts: counts)
        }

        private var failuresInWords: String {
            failureThreshold == 1 ? "1 failure" : "\(failureThreshold) consecutive failures"
        }

        private mutating func open(_ why: String, now: Instant) -> Transition {
            change(to: .open(until: now + openFor), .policy, why, now)
        }

        private func probeIn(now: Instant) -> Duration? {
            switch phase {
            case .open(let until), .forcedOpen(let until?): max(.zero, until - now)
            case .closed, .halfOpen, .forcedOpen(nil), .disabled: nil
            }
        }

        private mutating func change(
            to next: Phase, _ author: Author, _ reason: String, _ now: Instant
        ) -> Transition {
            let from = phase.state
            phase = next
            version += 1
            by = author
            why = reason
            since = now
            counts.consecutiveFailures = 0
            return Transition(
                from: from, to: next.state, version: version, by: author, why: reason,
                probeIn: probeIn(now: now))
        }
    }
}

extension CircuitBreaker.StateMachine.Phase {
    var state: CircuitBreaker.State {
        switch self {
        case .closed: .closed
        case .open: .open
        case .halfOpen: .halfOpen
        case .forcedOpen: .forcedOpen
        case .disabled: .disabled
        }
    }
}
