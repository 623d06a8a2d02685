extension CircuitBreaker {
    /// The state and rules of the breaker. Takes the time as an argument and returns transitions.
    @usableFromInline
    struct StateMachine: Sendable {
        /// The admission of one call. The call's result counts only while the state that admitted
        /// it lasts.
        @usableFromInline
        struct Permit: Sendable {
            @usableFromInline let version: Int
            /// The start of the call, if the policy measures durations.
            @usableFromInline let start: Instant?
            /// Whether the call is a probe of a half-open breaker.
            @usableFromInline let isProbe: Bool

            @inlinable
            init(version: Int, start: Instant? = nil, isProbe: Bool = false) {
                self.version = version
                self.start = start
                self.isProbe = isProbe
            }
        }

        enum Phase: Equatable, Sendable {
            case closed
            case open(until: Instant)
            case halfOpen(Probes)
            case forcedOpen(until: Instant?)
            case disabled
        }

        /// The probes of a half-open state.
        struct Probes: Equatable, Sendable {
            var running = 0
            var succeeded = 0
            var failed = 0
            /// The number of slow probes.
            var slow = 0

            var ended: Int { succeeded + failed }
        }

        enum Admission: Sendable {
            case admitted(Permit)
            case rejected(Rejection)
        }

        @usableFromInline
        enum CallResult: Equatable, Sendable {
            case succeeded
            /// Failed. The service may request a longer open interval.
            case failed(retryAfter: Duration? = nil)
            /// Cancelled, rejected by an inner strategy, or failed through the caller's fault: says
            /// nothing about the service.
            case ignored
        }

        /// The number of failures, or the share of failed calls, that opens the breaker.
        var failureThreshold: Double
        var openMilliseconds: Double

        private(set) var phase = Phase.closed
        private(set) var version = 0
        private(set) var counts = Counts()
        private let policy: CircuitBreakerPolicy
        private let random: RandomSource
        /// `nil` if the breaker trips on a number of failures.
        private let rate: CircuitBreakerPolicy.Rate?
        /// Whether the breaker trips on shares; spares a copy of ``rate``.
        private let judgesShares: Bool
        private var window: CallWindow?
        /// The number of openings since the breaker was last closed.
        private var openings = 0
        private var lastProbe: Instant
        private var by = Author.policy
        private var why = Reason.new
        private var since: Instant

        init(
            _ policy: CircuitBreakerPolicy, now: Instant, saved: Saved = .closed,
            random: RandomSource = .system
        ) {
            self.policy = policy
            self.random = random
            failureThreshold = policy.trip.threshold
            openMilliseconds = Double(policy.openFor.milliseconds)
            switch policy.trip {
            case .consecutiveFailures:
                rate = nil
            case .failures(_, let time):
                rate = nil
                window = CallWindow(.time(time))
            case .rate(let rate):
                self.rate = rate
                window = CallWindow(rate.window)
            }
            judgesShares = rate != nil
            lastProbe = now
            since = now
            if saved != .closed { restore(saved, now: now) }
        }

        /// The part of the state that calls read without asking the state machine.
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

        /// The content of rejections; `nil` if calls are not rejected, or each has to be decided.
        var shut: Shut? {
            switch phase {
            case .open(let until): Shut(isForced: false, until: until, reason: why)
            case .forcedOpen(let until): Shut(isForced: true, until: until, reason: why)
            case .closed, .halfOpen, .disabled: nil
            }
        }

        /// Admits or rejects a call. Both can change the state.
        ///
        /// - Parameter isWithinProbe: whether the call is part of a probe of this breaker. It then
        ///   needs no permit of its own, and its result is ignored.
        mutating func admit(
            now: Instant, isWithinProbe: Bool = false
        ) -> (Admission, [Transition]) {
            if gate.passes { return (.admitted(permit(now)), []) }
            if isWithinProbe, case .halfOpen = phase {
                return (.admitted(Permit(version: -1, start: nil)), [])
            }
            var transitions: [Transition] = []
            if let ended = endHalfOpenIfDue(now: now) { transitions.append(ended) }
            // The open interval may have ended in the meantime without a call.
            if let begun = probeIfDue(now: now) { transitions.append(begun) }
            guard case .halfOpen(var probes) = phase, hasRoom(for: probes) else {
                counts.rejected += 1
                let rejection = Rejection.circuit(
                    state: phase.state, why: why, probeIn: probeIn(now: now))
                return (.rejected(rejection), transitions)
            }
            probes.running += 1
            phase = .halfOpen(probes)
            lastProbe = now
            return (.admitted(permit(now, isProbe: true)), transitions)
        }

        private func hasRoom(for probes: Probes) -> Bool {
            guard let most = rate?.probes else { return probes.running < policy.halfOpenCalls }
            return probes.running + probes.ended < most
        }

        /// Changes to half-open if the probe is due. Called for each call, and by the timer.
        mutating func probeIfDue(now: Instant) -> Transition? {
            switch phase {
            case .open(let until) where until <= now:
                change(to: .halfOpen(Probes()), .policy, .timeToProbe, now)
            case .forcedOpen(let until?) where until <= now:
                change(to: .halfOpen(Probes()), .policy, .heldTimeIsOver, now)
            case .closed, .open, .halfOpen, .forcedOpen, .disabled:
                nil
            }
        }

        private mutating func endHalfOpenIfDue(now: Instant) -> Transition? {
            guard case .halfOpen(var probes) = phase else { return nil }
            switch policy.halfOpenLimit {
            case .reopens(let time) where now - since >= time:
                // The state changed when it was due, not at the call that noticed it.
                return open(.halfOpenTooLong, now: now, since: since + time)
            case .givesPermitsBack(let time)
            where !hasRoom(for: probes) && now - lastProbe >= time:
                probes.running = 0
                return change(to: .halfOpen(probes), .policy, .probesDidNotReturn, now)
            case .reopens, .givesPermitsBack, nil:
                return nil
            }
        }

        mutating func finish(
            _ permit: Permit, _ result: CallResult, time: TimeSource
        ) -> Transition? {
            switch result {
            case .succeeded: counts.succeeded += 1
            case .failed: counts.failed += 1
            case .ignored: counts.ignored += 1
            }
            // The call was admitted before the last state change: counted above, but it decides
            // nothing.
            guard permit.version == version else { return nil }
            switch phase {
            case .closed, .disabled:
                switch result {
                case .succeeded: return measure(permit, failed: false, retryAfter: nil, time: time)
                case .failed(let asked):
                    return measure(permit, failed: true, retryAfter: asked, time: time)
                case .ignored: return nil
                }
            case .halfOpen(let probes):
                return judge(probes, permit, result, time: time)
            case .open, .forcedOpen:
                // These states give out no permits.
                return nil
            }
        }

        /// Records the result of a probe. Closes or opens the breaker if the result decides it.
        @inline(never)
        private mutating func judge(
            _ before: Probes, _ permit: Permit, _ result: CallResult, time: TimeSource
        ) -> Transition? {
            var probes = before
            probes.running -= 1
            let failed: Bool
            var retryAfter: Duration?
            switch result {
            case .succeeded: failed = false
            case .failed(let asked): (failed, retryAfter) = (true, asked)
            case .ignored:
                phase = .halfOpen(probes)
                return nil
            }
            let now = time.now
            let slow = isSlow(permit, now: now)
            if slow { probes.slow += 1 }
            if let rate, let most = rate.probes {
                if failed { probes.failed += 1 } else { probes.succeeded += 1 }
                phase = .halfOpen(probes)
                guard probes.ended >= most else { return nil }
                if let why = reasonToOpen(
                    rate, calls: probes.ended, failed: probes.failed, slow: probes.slow)
                {
                    return open(why, now: now, retryAfter: retryAfter)
                }
                return change(to: .closed, .policy, .probeSucceeded, now)
            }
            if failed || slow { probes.failed += 1 } else { probes.succeeded += 1 }
            phase = .halfOpen(probes)
            if probes.failed >= policy.failuresToReopen {
                return open(failed ? .probeFailed : .probeWasSlow, now: now, retryAfter: retryAfter)
            }
            guard probes.succeeded >= policy.successesToClose else { return nil }
            return change(to: .closed, .policy, .probeSucceeded, now)
        }

        /// Records a result in the policy's measure, and opens the breaker if the measure trips.
        private mutating func measure(
            _ permit: Permit, failed: Bool, retryAfter: Duration?, time: TimeSource
        ) -> Transition? {
            counts.consecutiveFailures = failed ? counts.consecutiveFailures + 1 : 0
            guard judgesShares, let timed = window?.isTimed else {
                return failed ? countFailure(retryAfter: retryAfter, now: time.now) : nil
            }
            // Reads the clock at most once, and not at all for a window of calls without slow
            // calls.
            let read = timed || permit.start != nil ? time.now : nil
            let slow = read.map { isSlow(permit, now: $0) } ?? false
            window?.add(failed: failed, slow: slow, now: read ?? since)
            guard case .closed = phase, let sum = window?.sum, sum.failed > 0 || sum.slow > 0 else {
                return nil
            }
            return openIfDue(sum, retryAfter: retryAfter, read, time)
        }

        /// Opens the breaker if the shares of the latest calls reach the policy's.
        ///
        /// Never inlined, like all code that a success in a closed breaker does not need.
        @inline(never)
        private mutating func openIfDue(
            _ sum: CallWindow.Slot, retryAfter: Duration?, _ read: Instant?, _ time: TimeSource
        ) -> Transition? {
            guard let rate, sum.calls >= rate.minimumCalls,
                let why = reasonToOpen(
                    rate, calls: Int(sum.calls), failed: Int(sum.failed), slow: Int(sum.slow))
            else { return nil }
            return open(why, now: read ?? time.now, retryAfter: retryAfter)
        }

        /// Records a failure if a number of failures trips the breaker.
        @inline(never)
        private mutating func countFailure(retryAfter: Duration?, now: Instant) -> Transition? {
            let why: Reason
            if case .failures(_, let time) = policy.trip {
                window?.add(failed: true, slow: false, now: now)
                let failures = Int(window?.sum.failed ?? 0)
                guard Double(failures) >= failureThreshold else { return nil }
                why = .failures(failures, within: time)
            } else {
                guard Double(counts.consecutiveFailures) >= failureThreshold else { return nil }
                why = .consecutiveFailures(counts.consecutiveFailures)
            }
            guard case .closed = phase else { return nil }
            return open(why, now: now, retryAfter: retryAfter)
        }

        /// Returns the reason to open for the shares of these calls; `nil` for none. Compares the
        /// quotient: it is the number nearest to the share, as is the policy's own value, whereas a
        /// product of the two would be rounded again.
        private func reasonToOpen(
            _ rate: CircuitBreakerPolicy.Rate, calls: Int, failed: Int, slow: Int
        ) -> Reason? {
            if failed > 0, Double(failed) / Double(calls) >= failureThreshold {
                return .failed(failed, of: calls)
            }
            if slow > 0, let slowCalls = rate.slowCalls,
                Double(slow) / Double(calls) >= slowCalls.share
            {
                return .slow(slow, of: calls, longerThan: slowCalls.longerThan)
            }
            return nil
        }

        private func isSlow(_ permit: Permit, now: Instant) -> Bool {
            guard let start = permit.start, let slow = rate?.slowCalls else { return false }
            return now - start > slow.longerThan
        }

        private func permit(_ now: Instant, isProbe: Bool = false) -> Permit {
            Permit(
                version: version, start: rate?.slowCalls == nil ? nil : now, isProbe: isProbe)
        }

        mutating func clear() {
            counts = Counts()
            window?.clear()
        }

        func snapshot(now: Instant) -> Snapshot {
            // A copy, because observing has no side effects. A window of failures has no rate.
            var latest = rate == nil ? nil : window
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

        private mutating func open(
            _ why: Reason, now: Instant, since: Instant? = nil, retryAfter: Duration? = nil
        ) -> Transition {
            openings += 1
            let until = (since ?? now) + openInterval(retryAfter)
            return change(to: .open(until: until), .policy, why, now, since: since)
        }

        /// Returns the length of the present open interval.
        private func openInterval(_ retryAfter: Duration?) -> Duration {
            let first = Duration.milliseconds(openMilliseconds)
            var interval = first
            if policy.openGrowth > 1, openings > 1 {
                let longest = max(first, policy.openMaximum)
                let growth = power(policy.openGrowth, openings - 1)
                interval = .seconds(min(longest.seconds, first.seconds * growth))
            }
            if policy.openJitter > 0 {
                let jitter = random.uniform(1 - policy.openJitter, 1 + policy.openJitter)
                interval = max(.milliseconds(1), .seconds(interval.seconds * jitter))
            }
            guard let retryAfter, let most = policy.maxRetryAfter else { return interval }
            return max(interval, min(retryAfter, most))
        }

        /// Restores a stored state.
        private mutating func restore(_ saved: Saved, now: Instant) {
            version = saved.version
            openings = saved.openings
            let probeIn = saved.probeIn
            let next: Phase =
                switch saved.state {
                case .closed: .closed
                case .open: .open(until: now + (probeIn ?? openInterval(nil)))
                case .halfOpen: .halfOpen(Probes())
                case .forcedOpen: .forcedOpen(until: probeIn.map { now + $0 })
                case .disabled: .disabled
                }
            _ = change(to: next, saved.by, .restored, now)
            openings = saved.openings
        }

        /// The present state in a form that can be stored.
        func saved(now: Instant) -> Saved {
            Saved(
                state: phase.state, version: version, by: by, probeIn: probeIn(now: now),
                openings: openings)
        }

        private func probeIn(now: Instant) -> Duration? {
            switch phase {
            case .open(let until), .forcedOpen(let until?): until > now ? until - now : .zero
            case .closed, .halfOpen, .forcedOpen(nil), .disabled: nil
            }
        }

        mutating func change(
            to next: Phase, _ author: Author, _ reason: Reason, _ now: Instant,
            since start: Instant? = nil
        ) -> Transition {
            let from = phase.state
            phase = next
            version += 1
            by = author
            why = reason
            since = start ?? now
            counts.consecutiveFailures = 0
            window?.clear()
            if next == .closed { openings = 0 }
            return Transition(
                from: from, to: next.state, version: version, by: author, reason: reason,
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
