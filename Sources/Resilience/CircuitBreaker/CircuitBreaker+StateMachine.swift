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
        private var why = Reason.new
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
                isQuiet: passes && rate == nil && counts.consecutiveFailures == 0, shut: shut)
        }

        /// What rejections tell; `nil` where there are none, or each has to be decided.
        var shut: Shut? {
            switch phase {
            case .open(let until): Shut(isForced: false, until: until, reason: why)
            case .forcedOpen(let until): Shut(isForced: true, until: until, reason: why)
            case .closed, .halfOpen, .disabled: nil
            }
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
                change(to: .halfOpen(probes: 0, successes: 0), .policy, .timeToProbe, now)
            case .forcedOpen(let until?) where until <= now:
                change(to: .halfOpen(probes: 0, successes: 0), .policy, .heldTimeIsOver, now)
            case .closed, .open, .halfOpen, .forcedOpen, .disabled:
                nil
            }
        }

        private mutating func endHalfOpenIfDue(now: Instant) -> Transition? {
            guard case .halfOpen(let probes, let successes) = phase else { return nil }
            switch policy.halfOpenLimit {
            case .reopens(let time) where now - since >= time:
                return open(.halfOpenTooLong, now: now)
            case .givesPermitsBack(let time)
            where probes >= policy.halfOpenCalls && now - lastProbe >= time:
                return change(
                    to: .halfOpen(probes: 0, successes: successes), .policy,
                    .probesDidNotReturn, now)
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
                if isSlow(permit, now: now) { return open(.probeWasSlow, now: now()) }
                guard successes + 1 >= policy.successesToClose else {
                    phase = .halfOpen(probes: probes - 1, successes: successes + 1)
                    return nil
                }
                return change(to: .closed, .policy, .probeSucceeded, now())
            case (.halfOpen, .failed):
                return open(.probeFailed, now: now())
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
                return open(.consecutiveFailures(Int(failureThreshold)), now: now())
            }
            // One reading at most, and none in a window of calls whose duration does not matter.
            let read = timed || permit.start != nil ? now() : nil
            let slow = isSlow(permit) { read ?? now() }
            window?.add(failed: failed, slow: slow, now: read ?? since)
            guard phase == .closed, let why = reasonToOpen(rate) else { return nil }
            return open(why, now: read ?? now())
        }

        private func reasonToOpen(_ rate: CircuitBreakerPolicy.Rate) -> Reason? {
            guard let sum = window?.sum, sum.calls >= rate.minimumCalls else { return nil }
            if Double(sum.failed) >= failureThreshold * Double(sum.calls) {
                return .failed(Int(sum.failed), of: Int(sum.calls))
            }
            if let slow = rate.slowCalls, Double(sum.slow) >= slow.share * Double(sum.calls) {
                return .slow(Int(sum.slow), of: Int(sum.calls), longerThan: slow.longerThan)
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

        mutating func clear() {
            counts = Counts()
            window?.clear()
        }

        func snapshot(now: Instant) -> Snapshot {
            // A copy, because observing changes nothing.
            var latest = window
            latest?.advance(to: now)
            let sum = latest?.sum
            let calls = sum.map { Double($0.calls) } ?? 0
            return Snapshot(
                state: phase.state, version: version, by: by, why: why.description,
                since: now - since,
                probeIn: probeIn(now: now), counts: counts,
                failureRate: calls == 0 ? nil : sum.map { Double($0.failed) / calls },
                slowCallRate: calls == 0 || rate?.slowCalls == nil
                    ? nil : sum.map { Double($0.slow) / calls })
        }

        private mutating func open(_ why: Reason, now: Instant) -> Transition {
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

        mutating func change(
            to next: Phase, _ author: Author, _ reason: Reason, _ now: Instant
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
                from: from, to: next.state, version: version, by: author,
                why: reason.description,
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
