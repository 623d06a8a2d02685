extension CircuitBreaker {
    /// The breaker's state and its rules. Time comes in; transitions come out.
    @usableFromInline
    struct StateMachine: Sendable {
        /// What a call was admitted under: its result counts only while that state lasts.
        @usableFromInline
        struct Permit: Sendable {
            let version: Int
            /// When the call began, where the policy wants to know how long it takes.
            let start: Instant?
        }

        enum Phase: Equatable, Sendable {
            case closed
            case open(until: Instant)
            case halfOpen(probes: Int, successes: Int)
            case forcedOpen(until: Instant?)
            case disabled
        }

        enum Admission: Sendable {
            case admitted(Permit)
            case rejected(Rejection)
        }

        @usableFromInline
        enum CallResult: Equatable, Sendable, CaseIterable {
            case succeeded
            case failed
            /// Cancelled or rejected further in: says nothing about the service.
            case ignored
        }

        /// Failures in a row, or a share of failed calls, that open it.
        var failureThreshold: Double
        var openMilliseconds: Double

        private(set) var phase = Phase.closed
        private(set) var version = 0
        private(set) var counts = Counts()
        private let policy: CircuitBreakerPolicy
        /// `nil` where it trips on failures in a row.
        private let rate: CircuitBreakerPolicy.Rate?
        private var window: CallWindow?
        /// What the next opening multiplies the open interval by.
        private var growth = 1.0
        private var lastProbe: Instant
        private var by = Author.policy
        private var why = ""
        private var since: Instant

        init(_ policy: CircuitBreakerPolicy, now: Instant) {
            self.policy = policy
            failureThreshold = policy.trip.threshold
            openMilliseconds = Double(policy.openFor.milliseconds)
            switch policy.trip {
            case .consecutiveFailures:
                rate = nil
            case .rate(let rate):
                self.rate = rate
                window = CallWindow(rate.window)
            }
            lastProbe = now
            since = now
        }

        /// What a call may know without asking further.
        var gate: Gate {
            let passes: Bool
            switch phase {
            case .closed, .disabled: passes = true
            case .open, .halfOpen, .forcedOpen: passes = false
            }
            return Gate(
                version: version, passes: passes,
                isQuiet: passes && rate == nil && counts.consecutiveFailures == 0)
        }

        /// Rejects a call while it is not yet time to probe; `nil` where ``admit(now:)`` must
        /// decide. Apart from that, because a rejection has to be cheap.
        mutating func rejectIfShut(now: Instant) -> Rejection? {
            let wait: Duration?
            switch phase {
            case .open(let until), .forcedOpen(let until?):
                guard until > now else { return nil }
                wait = until - now
            case .forcedOpen(nil): wait = nil
            case .closed, .halfOpen, .disabled: return nil
            }
            counts.rejected += 1
            return .circuit(state: phase.state, why: why, probeIn: wait)
        }

        /// Admits a call or rejects it; either may come with a change of state.
        mutating func admit(now: Instant) -> (Admission, Transition?) {
            if gate.passes { return (.admitted(permit(now)), nil) }
            let transition = probeIfDue(now: now) ?? endHalfOpenIfDue(now: now)
            guard case .halfOpen(let probes, let successes) = phase, probes < policy.halfOpenCalls
            else {
                counts.rejected += 1
                let rejection = Rejection.circuit(
                    state: phase.state, why: why, probeIn: probeIn(now: now))
                return (.rejected(rejection), transition)
            }
            phase = .halfOpen(probes: probes + 1, successes: successes)
            lastProbe = now
            return (.admitted(permit(now)), transition)
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

        private mutating func endHalfOpenIfDue(now: Instant) -> Transition? {
            guard case .halfOpen(let probes, let successes) = phase else { return nil }
            switch policy.halfOpenLimit {
            case .reopens(let time) where now - since >= time:
                return open("half-open for too long", now: now)
            case .givesPermitsBack(let time)
            where probes >= policy.halfOpenCalls && now - lastProbe >= time:
                return change(
                    to: .halfOpen(probes: 0, successes: successes), .policy,
                    "probes did not return", now)
            case .reopens, .givesPermitsBack, nil:
                return nil
            }
        }

        mutating func finish(
            _ permit: Permit, _ result: CallResult, now: () -> Instant
        ) -> Transition? {
            switch result {
            case .succeeded: counts.succeeded += 1
            case .failed: counts.failed += 1
            case .ignored: counts.ignored += 1
            }
            // Admitted before the last state change: counted above, but it decides nothing.
            guard permit.version == version else { return nil }
            switch (phase, result) {
            case (.closed, .succeeded), (.disabled, .succeeded):
                return measure(permit, failed: false, now: now)
            case (.closed, .failed), (.disabled, .failed):
                return measure(permit, failed: true, now: now)
            case (.halfOpen(let probes, let successes), .succeeded):
                if isSlow(permit, now: now) { return open("probe was slow", now: now()) }
                guard successes + 1 >= policy.successesToClose else {
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

        /// Takes a result into the measure that trips the breaker, and trips it.
        private mutating func measure(
            _ permit: Permit, failed: Bool, now: () -> Instant
        ) -> Transition? {
            counts.consecutiveFailures = failed ? counts.consecutiveFailures + 1 : 0
            guard let rate, let timed = window?.isTimed else {
                guard failed, phase == .closed,
                    Double(counts.consecutiveFailures) >= failureThreshold
                else { return nil }
                return open(CircuitBreakerPolicy.Trip.inARow(failureThreshold), now: now())
            }
            // One reading at most, and none in a window of calls whose duration does not matter.
            let read = timed || permit.start != nil ? now() : nil
            let slow = isSlow(permit) { read ?? now() }
            window?.add(failed: failed, slow: slow, now: read ?? since)
            guard phase == .closed, let why = reasonToOpen(rate) else { return nil }
            return open(why, now: read ?? now())
        }

        private func reasonToOpen(_ rate: CircuitBreakerPolicy.Rate) -> String? {
            guard let sum = window?.sum, sum.calls >= rate.minimumCalls else { return nil }
            if Double(sum.failed) >= failureThreshold * Double(sum.calls) {
                return "\(sum.failed) of \(sum.calls) calls failed"
            }
            if let slow = rate.slowCalls, Double(sum.slow) >= slow.share * Double(sum.calls) {
                return "\(sum.slow) of \(sum.calls) calls took longer than \(slow.longerThan)"
            }
            return nil
        }

        private func isSlow(_ permit: Permit, now: () -> Instant) -> Bool {
            guard let start = permit.start, let slow = rate?.slowCalls else { return false }
            return now() - start > slow.longerThan
        }

        private func permit(_ now: Instant) -> Permit {
            Permit(version: version, start: rate?.slowCalls == nil ? nil : now)
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
                window?.clear()
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
            // A copy, because observing changes nothing.
            var latest = window
            latest?.advance(to: now)
            let sum = latest?.sum
            let calls = sum.map { Double($0.calls) } ?? 0
            return Snapshot(
                state: phase.state, version: version, by: by, why: why, since: now - since,
                probeIn: probeIn(now: now), counts: counts,
                failureRate: calls == 0 ? nil : sum.map { Double($0.failed) / calls },
                slowCallRate: calls == 0 || rate?.slowCalls == nil
                    ? nil : sum.map { Double($0.slow) / calls })
        }

        private mutating func open(_ why: String, now: Instant) -> Transition {
            let first = Duration.milliseconds(openMilliseconds)
            var interval = first
            if growth > 1 {
                let longest = max(first, policy.openMaximum)
                interval = .seconds(min(longest.seconds, first.seconds * growth))
            }
            growth = min(growth * policy.openGrowth, 1e15)
            return change(to: .open(until: now + interval), .policy, why, now)
        }

        private func probeIn(now: Instant) -> Duration? {
            switch phase {
            case .open(let until), .forcedOpen(let until?): until > now ? until - now : .zero
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
            window?.clear()
            if next == .closed { growth = 1 }
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
