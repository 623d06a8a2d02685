import Fleet
package import Resilience
package import ResilienceWire
import Synchronization

/// Replays the recorded calls of a strategy under another policy, with the library's own circuit
/// breaker.
package struct WhatIf {
    /// A recorded call.
    package struct Call: Equatable {
        /// The time of its report in Unix milliseconds.
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

    /// The policy to simulate.
    package struct Policy: Equatable {
        /// The maximum number of attempts per call; `nil` to keep the recorded number.
        package var maxAttempts: Int?
        /// The number of consecutive failures that opens the breaker; `nil` for no breaker.
        package var failureThreshold: Int?
        /// The time that the breaker stays open, in milliseconds.
        package var openMS: Int64 = 60_000
        /// The number of concurrent probes that half-open admits.
        package var halfOpenCalls = 3
        /// Whether the breaker is outside of the retry, so that it counts calls and not attempts.
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

    /// The result of a simulation, or of the recording.
    package struct Outcome: Equatable {
        package var ok = 0
        package var failed = 0
        package var rejected = 0
        package var attempts = 0
        /// The number of times that a breaker opened.
        package var opens = 0
        /// The number of calls with at least one attempt that was not recorded, so that its outcome
        /// was drawn at random.
        package var drawn = 0
    }

    private struct Share {
        var succeeded = 0
        var all = 0
    }

    /// The length of the intervals whose success rate is used for drawn attempts, in milliseconds.
    package static let stretchMS: Int64 = 10_000

    /// The recorded calls, oldest first.
    package let calls: [Call]
    /// The policy in force when they were recorded.
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

    /// The outcome of the recorded calls, without breaker openings, which are counted elsewhere.
    package var outcome: Outcome {
        var outcome = Outcome()
        for call in calls { outcome.count(call.end, attempts: call.attempts) }
        return outcome
    }

    /// Simulates the calls under a policy. Throws `PolicyError` if the policy is invalid.
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
        // Without a breaker, the outcome of a rejected call is unknown, so it stays rejected.
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
        /// The recorded call ended before its limit for another reason, and would do so again.
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
        // A breaker that opens during a call ends the call as failed.
        outcome.count(end == .rejected && attempts > 0 ? .failed : end, attempts: attempts)
        if isDrawn { outcome.drawn += 1 }
    }

    private struct Failed: Error {}

    /// Draws the outcome of an attempt that was not recorded. The probability is the success rate
    /// of the same interval. The result is deterministic, and equal for every policy.
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
