import Resilience
import TestSupport
import Testing

/// A share is reached at equality: 7 of 100 are 0.07, although 0.07 * 100 is slightly more than 7.
@Suite struct ShareTests {
    @Test(arguments: [100, 50, 25, 20, 10, 8])
    func breakerOpensAtItsShareAndNotBelow(_ calls: Int) throws {
        for failed in 1...calls {
            // The share as written in decimal.
            let share = try #require(Double("\(failed)e0").map { $0 / Double(calls) })
            guard share >= 0.001 else { continue }
            for (failures, opens) in [(failed, true), (failed - 1, false)] {
                let rate = try CircuitBreakerPolicy.Rate(
                    window: .calls(calls), minimumCalls: calls, failureShare: share)
                let breaker = CircuitBreaker(try CircuitBreakerPolicy(trip: .rate(rate)))
                for number in 0..<calls {
                    try? breaker.callBlocking {
                        if number < failures { throw TestError("down") }
                    }
                }
                #expect(
                    (breaker.snapshot.state == .open) == opens, "\(failures) of \(calls), \(share)")
            }
        }
    }

    @Test func literalSharesOfAHundredAreReached() throws {
        for (failed, share) in [(7, 0.07), (14, 0.14), (28, 0.28), (55, 0.55), (56, 0.56)] {
            let rate = try CircuitBreakerPolicy.Rate(failureShare: share)
            let breaker = CircuitBreaker(try CircuitBreakerPolicy(trip: .rate(rate)))
            for number in 0..<100 {
                try? breaker.callBlocking { if number < failed { throw TestError("down") } }
            }
            #expect(breaker.snapshot.state == .open, "\(share)")
        }
    }

    @Test func sharesOfSlowCallsAreReached() throws {
        let clock = TestClock()
        for (slow, share) in [(7, 0.07), (14, 0.14), (55, 0.55)] {
            let rate = try CircuitBreakerPolicy.Rate(
                slowCalls: .init(longerThan: .seconds(1), share: share))
            let breaker = CircuitBreaker(
                try CircuitBreakerPolicy(trip: .rate(rate)), time: clock.time)
            for number in 0..<100 {
                _ = try? breaker.callBlocking {
                    if number < slow { clock.advance(by: .seconds(2)) }
                }
            }
            #expect(breaker.snapshot.state == .open, "\(share)")
        }
    }

    /// Sums of a share, such as 100 * 0.07, are exact.
    @Test(arguments: [0.07, 0.1, 0.14, 0.2, 0.28, 0.29, 0.55, 0.57, 0.58])
    func tokenBucketAllowsItsShareOfCalls(_ share: Double) throws {
        let budget = RetryBudget(
            try .tokenBucket(share: share, perSecond: 0), time: TestClock().time)
        let retry = Retry(try RetryPolicy(maxAttempts: 1_000, backoff: .none), budget: budget)
        for _ in 0..<99 { _ = try retry.callBlocking { 1 } }
        var requests = 0
        try? retry.callBlocking {
            requests += 1
            throw TestError("down")
        }
        #expect(requests - 1 == Int((share * 100).rounded()))
    }

    /// Half of ten tokens is not above half, however the tokens were added.
    @Test func throttlingNeedsMoreThanHalfOfTheTokens() throws {
        let budget = RetryBudget(try .throttling(maxTokens: 10, tokenRatio: 0.1))
        let once = Retry(try RetryPolicy(maxAttempts: 1), budget: budget)
        for _ in 0..<6 { try? once.callBlocking { throw TestError("down") } }
        for _ in 0..<10 { try once.callBlocking {} }
        #expect(!budget.hasTokens)
        try once.callBlocking {}
        #expect(budget.hasTokens)
    }
}
