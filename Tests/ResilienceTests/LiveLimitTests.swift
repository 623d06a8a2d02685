import TestSupport
import Testing

@testable import Resilience

/// A limit that changes at run time applies to the next call, and the strategy keeps its state.
@Suite struct LiveLimitTests {
    let clock = TestClock()

    func attempts(_ strategy: some BlockingStrategy) -> Int {
        let script = Script(.fail(TestError("down")))
        _ = try? strategy.callBlocking { try script.run() }
        return script.runs
    }

    @Test func retryAppliesChangedAttemptsAndKeepsItsBudget() throws {
        let budget = RetryBudget(try .tokenBucket(share: 1, perSecond: 0), time: clock.time)
        let retry = Retry(
            try RetryPolicy(maxAttempts: 2, backoff: .none), budget: budget, time: .immediate)
        for _ in 0..<3 { _ = attempts(retry) }
        let before = budget.snapshot
        try retry.maxAttempts.pin(1, by: .operator)
        #expect(budget.snapshot == before)
        #expect(attempts(retry) == 1)
    }

    @Test func adaptiveRetryAppliesChangedAttemptsAndKeepsItsWindow() throws {
        let retry = AdaptiveRetry(time: .immediate, random: .seeded(1))
        for _ in 0..<10 { _ = attempts(retry) }
        let before = retry.snapshot
        try retry.maxAttempts.pin(2, by: .operator)
        #expect(retry.snapshot.sampleSize == before.sampleSize)
        #expect(retry.snapshot.successRate == before.successRate)
        #expect(attempts(retry) == 2)
        #expect(retry.snapshot.sampleSize == 11)
    }

    @Test func breakerAppliesAChangedThresholdAndKeepsItsCounts() throws {
        let breaker = CircuitBreaker(try CircuitBreakerPolicy(failureThreshold: 5))
        for _ in 0..<2 { _ = attempts(breaker) }
        try breaker.failureThreshold.pin(3, by: .operator)
        #expect(breaker.snapshot.counts.consecutiveFailures == 2)
        _ = attempts(breaker)
        #expect(breaker.snapshot.state == .open)
        #expect(breaker.snapshot.why == "3 consecutive failures")
    }

    @Test func breakerAppliesAChangedShareAndKeepsItsWindow() throws {
        let rate = try CircuitBreakerPolicy.Rate(
            window: .calls(10), minimumCalls: 10, failureShare: 1)
        let breaker = CircuitBreaker(try CircuitBreakerPolicy(trip: .rate(rate)))
        for _ in 0..<5 { _ = attempts(breaker) }
        for _ in 0..<4 { _ = try? breaker.callBlocking { 1 } }
        try breaker.failureThreshold.pin(0.5, by: .operator)
        // The tenth call decides over all ten.
        _ = attempts(breaker)
        #expect(breaker.snapshot.state == .open)
    }

    @Test func bulkheadAppliesChangedLimitsAndKeepsItsCalls() throws {
        let bulkhead = Bulkhead(try BulkheadPolicy(maxConcurrent: 1, queueSize: 0))
        try bulkhead.callBlocking {
            #expect(throws: Rejection.self) { _ = try bulkhead.callBlocking { 1 } }
            try bulkhead.maxConcurrent.pin(2, by: .operator)
            #expect(bulkhead.counts == .init(active: 1, queued: 0, rejected: 1))
            #expect(try bulkhead.callBlocking { bulkhead.counts.active } == 2)
        }
    }

    @Test func hedgeAppliesAChangedNumberAndKeepsItsLatenciesAndCounts() async throws {
        let hedge = Hedge(
            try HedgePolicy(delay: .zero, maxHedges: 1, percentile: 0.9), time: clock.time)
        for number in 1...HedgePolicy.minimumSamples {
            async let result: Void = hedge.call {
                try await clock.time.sleep(for: .milliseconds(number))
            }
            await clock.sleepers(2)
            clock.advance(by: .milliseconds(number))
            try await result
        }
        let (delay, counts) = (hedge.delay, hedge.counts)
        #expect(delay > .zero)
        try hedge.maxHedges.pin(0, by: .operator)
        #expect(hedge.delay == delay && hedge.counts == counts)
        async let alone: Void = hedge.call { try await clock.time.sleep(for: .seconds(1)) }
        await clock.sleepers()
        clock.advance(by: .seconds(1))
        try await alone
        #expect(hedge.counts.launched == counts.launched)
    }

    @Test func budgetAppliesAChangedSizeAndKeepsItsSpentTokens() throws {
        let budget = RetryBudget(try .tokenBucket(share: 0.5, perSecond: 0), time: clock.time)
        let retry = Retry(
            try RetryPolicy(maxAttempts: 2, backoff: .none), budget: budget, time: .immediate)
        for _ in 0..<10 { _ = attempts(retry) }
        let denied = budget.snapshot.denied
        #expect(denied == 5)
        try budget.limit.pin(1, by: .operator)
        #expect(budget.snapshot.denied == denied)
        #expect(attempts(retry) == 2)
    }

    @Test func batchAppliesChangedAttemptsAndKeepsItsCounts() throws {
        let batch = BatchRetry(
            try RetryPolicy(maxAttempts: 3, backoff: .none), time: .immediate)
        func rounds() throws -> Int {
            try batch.callBlocking([1]) { _ -> [Result<Int, TestError>] in
                [.failure(TestError("down"))]
            }.attempts
        }
        #expect(try rounds() == 3)
        try batch.maxAttempts.pin(2, by: .operator)
        #expect(batch.meter.counts == .init(items: 1, failed: 1, partial: 0))
        #expect(try rounds() == 2)
        #expect(batch.meter.counts == .init(items: 2, failed: 2, partial: 0))
    }
}

extension TimeSource {
    /// A clock that does not advance and never waits.
    fileprivate static let immediate = TimeSource(
        now: { Instant(nanoseconds: 0) }, sleep: { _ in }, block: { _ in })
}
