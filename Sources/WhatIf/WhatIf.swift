import Fleet
package import Resilience
package import ResilienceWire
import Synchronization

/// A strategy's recorded calls, tried against another policy by the library's own circuit breaker.
package struct WhatIf {
    /// A recorded call.
    package struct Call: Equatable {
        /// Unix milliseconds.
        package let at: Int64
        package let instance: InstanceID
        package let end: CallReport.End
        package let attempts: Int

        package init(
            at: Int64, instance: InstanceID, end: CallReport.End, attempts: Int
        ) {
            self.at = at
            self.instance = instance
            self.end = end
            self.attempts = attempts
        }
    }

    /// What is tried.
    package struct Policy: Equatable {
        /// Attempts a call may make; `nil` where it does not retry.
        package var maxAttempts: Int?
        /// Consecutive failures that open the breaker; `nil` where there is none.
        package var failureThreshold: Int?
        /// Milliseconds that it stays open.
        package var openMS: Int64 = 60_000
        /// Probes that it admits at once.
        package var halfOpenCalls = 3
        /// Whether the breaker sees calls, not attempts: it stands outside of the retry.
        package var breaksCalls = false

        package init(
            maxAttempts: Int? = nil, failureThreshold: Int? = nil, openMS: Int64 = 60_000,
            halfOpenCalls: Int = 3, breaksCalls: Bool = false
        ) {
            self.maxAttempts = maxAttempts
            self.failureThreshold = failureThreshold
            self.openMS = openMS
            self.halfOpenCalls = halfOpenCalls
            self.breaksCalls = breaksCalls
        }
    }

    /// What calls came to.
    package struct Outcome: Equatable {
        package var ok = 0
        package var failed = 0
        package var rejected = 0
        package var attempts = 0
        /// How often a breaker opened.
        package var opens = 0
        /// Calls of which at least one attempt never happened, and was drawn.
        package var drawn = 0
    }

    private struct Share {
        var succeeded = 0
        var all = 0
    }

    /// The stretch of time, in milliseconds, in which attempts succeed alike.
    package static let stretchMS: Int64 = 10_000

    /// The recorded calls, oldest first.
    package let calls: [Call]
    /// The policy that they were made under.
    package let recorded: Policy
    private var shares: [Int64: Share] = [:]
    private var overall = Share()

    package init(_ calls: [Call], under recorded: Policy) {
        self.calls = calls
        self.recorded = recorded
        for call in calls where call.end == .ok || call.end == .failed {
            let succeeded = call.end == .ok ? 1 : 0
            shares[call.at / Self.stretchMS, default: Share()].succeeded += succeeded
            shares[call.at / Self.stretchMS, default: Share()].all += call.attempts
            overall.succeeded += succeeded
            overall.all += call.attempts
        }
    }

    /// What the recording itself says; its breakers' openings are counted elsewhere.
    package var outcome: Outcome {
        var outcome = Outcome()
        for call in calls { outcome.count(call.end, attempts: call.attempts) }
        return outcome
    }

    /// What the calls come to under a policy.
    package func outcome(under policy: Policy) throws(PolicyError) -> Outcome {
        var outcome = Outcome()
        let clock = Mutex(Int64(0))
        let time = TimeSource(
            now: { Instant(nanoseconds: 0) + .milliseconds(clock.withLock { $0 }) },
            sleep: { _ in },
            block: { _ in })
        var breakers: [InstanceID: CircuitBreaker] = [:]
        for (number, call) in calls.enumerated() where call.end != .cancelled {
            clock.withLock { $0 = call.at }
            guard let threshold = policy.failureThreshold else {
                run(number, policy, into: &outcome, through: nil)
                continue
            }
            let breaker: CircuitBreaker
            if let known = breakers[call.instance] {
                breaker = known
            } else {
                breaker = CircuitBreaker(
                    try CircuitBreakerPolicy(
                        failureThreshold: threshold, openFor: .milliseconds(policy.openMS),
                        halfOpenCalls: policy.halfOpenCalls), time: time)
                breakers[call.instance] = breaker
            }
            let before = breaker.snapshot.state
            run(number, policy, into: &outcome, through: breaker)
            if breaker.snapshot.state == .open, before != .open { outcome.opens += 1 }
        }
        return outcome
    }

    private func run(
        _ number: Int, _ policy: Policy, into outcome: inout Outcome,
        through breaker: CircuitBreaker?
    ) {
        let call = calls[number]
        // Nobody knows what a call that never ran would have come to without its breaker.
        guard breaker != nil || call.end != .rejected else {
            outcome.rejected += 1
            return
        }
        var attempts = 0
        var isDrawn = false
        var end = CallReport.End.failed
        let limit = policy.maxAttempts ?? max(1, call.attempts)

        func attempt() -> Bool {
            attempts += 1
            if call.end != .rejected, attempts <= call.attempts {
                return call.end == .ok && attempts == call.attempts
            }
            isDrawn = true
            return draw(number, attempts)
        }
        /// It ended before its limit for another reason, and would again.
        func hasEnded() -> Bool {
            call.end == .failed && attempts == call.attempts
                && call.attempts != recorded.maxAttempts
        }
        func allAttempts(_ one: () -> CallReport.End) -> CallReport.End {
            repeat {
                let result = one()
                if result != .failed { return result }
            } while attempts < limit && !hasEnded()
            return .failed
        }
        func through(_ breaker: CircuitBreaker?, _ operation: () -> CallReport.End)
            -> CallReport.End
        {
            guard let breaker else { return operation() }
            do throws(CallError<Failed>) {
                try breaker.callBlocking(throwing: Failed.self) { () throws(Failed) in
                    if operation() != .ok { throw Failed() }
                }
                return .ok
            } catch {
                if case .rejected = error { return .rejected }
                return .failed
            }
        }
        if policy.breaksCalls {
            end = through(breaker) { allAttempts { attempt() ? .ok : .failed } }
        } else {
            end = allAttempts { through(breaker) { attempt() ? .ok : .failed } }
        }
        // A breaker that opens in the middle of a call ends it; it failed.
        outcome.count(end == .rejected && attempts > 0 ? .failed : end, attempts: attempts)
        if isDrawn { outcome.drawn += 1 }
    }

    private struct Failed: Error {}

    /// Whether an attempt that never happened would have succeeded: as likely as those of the same
    /// stretch of time, and the same for every policy that is tried.
    private func draw(_ number: Int, _ attempt: Int) -> Bool {
        let local = shares[calls[number].at / Self.stretchMS]
        let share = (local?.all ?? 0) > 0 ? local ?? overall : overall
        guard share.all > 0 else { return false }
        var bits = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(attempt)
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        return Double(bits >> 11) / 9_007_199_254_740_992
            < Double(share.succeeded) / Double(share.all)
    }
}

extension WhatIf.Outcome {
    fileprivate mutating func count(_ end: CallReport.End, attempts: Int) {
        switch end {
        case .ok: ok += 1
        case .failed: failed += 1
        case .rejected: rejected += 1
        case .cancelled: return
        }
        self.attempts += attempts
    }
}
