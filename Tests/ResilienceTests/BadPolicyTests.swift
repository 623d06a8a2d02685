import Resilience
import Testing

/// Invalid policies are refused with the field and its bounds.
@Suite struct BadPolicyTests {
    struct Bad: Sendable, CustomTestStringConvertible {
        let message: String
        let build: @Sendable () throws -> Void

        var testDescription: String { message }

        init(_ message: String, _ build: @escaping @Sendable () throws -> Void) {
            self.message = message
            self.build = build
        }
    }

    typealias Rate = CircuitBreakerPolicy.Rate

    static let noAttempts = [
        Bad("RetryPolicy.maxAttempts must be 1 to 1000000, not 0") {
            _ = try RetryPolicy(maxAttempts: 0)
        },
        Bad("AdaptiveRetryPolicy.minAttempts must be 1 to 1000000, not 0") {
            _ = try AdaptiveRetryPolicy(minAttempts: 0)
        },
        Bad(
            "AdaptiveRetryPolicy.maxAttempts must be at least minAttempts and at most 1000000, not 0"
        ) {
            _ = try AdaptiveRetryPolicy(maxAttempts: 0)
        },
        Bad("FallbackPolicy.primaryAttempts must be 1 to 1000000, not 0") {
            _ = try FallbackPolicy(primaryAttempts: 0)
        },
        Bad("FallbackPolicy.fallbackAttempts must be 1 to 1000000, not 0") {
            _ = try FallbackPolicy(fallbackAttempts: 0)
        },
    ]

    static let negativeTimes = [
        Bad("Backoff.initial must be 0 s to 365 days, not -1.0 seconds") {
            _ = try Backoff(initial: .seconds(-1))
        },
        Bad("Backoff.maximum must be at least initial and at most 365 days, not -1.0 seconds") {
            _ = try Backoff(maximum: .seconds(-1))
        },
        Bad("RetryPolicy.maxRetryAfter must be 0 s to 365 days, not -1.0 seconds") {
            _ = try RetryPolicy(maxRetryAfter: .seconds(-1))
        },
        Bad("AdaptiveRetryPolicy.maxRetryAfter must be 0 s to 365 days, not -1.0 seconds") {
            _ = try AdaptiveRetryPolicy(maxRetryAfter: .seconds(-1))
        },
        Bad("CircuitBreakerPolicy.openFor must be 1 ms to 365 days, not -1.0 seconds") {
            _ = try CircuitBreakerPolicy(openFor: .seconds(-1))
        },
        Bad("HedgePolicy.delay must be 0 s to 365 days, not -1.0 seconds") {
            _ = try HedgePolicy(delay: .seconds(-1))
        },
        Bad("BulkheadPolicy.maxWait must be 1 ms to 365 days, not -1.0 seconds") {
            _ = try BulkheadPolicy(maxWait: .seconds(-1))
        },
        Bad("CachePolicy.timeToLive must be 1 ms to 365 days, not -1.0 seconds") {
            _ = try CachePolicy(timeToLive: .seconds(-1))
        },
        Bad("Timeout.duration must be 1 ms to 365 days, not -1.0 seconds") {
            _ = try Timeout(checking: .seconds(-1))
        },
        Bad("RetryBudgetPolicy.time must be 1 ms to 365 days, not -1.0 seconds") {
            _ = try RetryBudgetPolicy.time(.seconds(-1))
        },
        Bad("SlowCalls.longerThan must be 1 ms to 1 day, not -1.0 seconds") {
            _ = try Rate.SlowCalls(longerThan: .seconds(-1))
        },
    ]

    static let notNumbers = [
        Bad("Backoff.multiplier must be 1 to 1000, not nan") {
            _ = try Backoff(multiplier: .nan)
        },
        Bad("AdaptiveRetryPolicy.successThreshold must be 0 to 1, not nan") {
            _ = try AdaptiveRetryPolicy(successThreshold: .nan)
        },
        Bad("CircuitBreakerPolicy.openGrowth must be 1 to 1000, not nan") {
            _ = try CircuitBreakerPolicy(openGrowth: .nan)
        },
        Bad("Rate.failureShare must be 0.001 to 1, not nan") {
            _ = try Rate(failureShare: .nan)
        },
        Bad("SlowCalls.share must be 0.001 to 1, not nan") {
            _ = try Rate.SlowCalls(longerThan: .seconds(1), share: .nan)
        },
        Bad("HedgePolicy.percentile must be above 0 and below 1, not nan") {
            _ = try HedgePolicy(percentile: .nan)
        },
        Bad("RetryBudgetPolicy.share must be 0.001 to 1, not nan") {
            _ = try RetryBudgetPolicy.tokenBucket(share: .nan)
        },
        Bad("RetryBudgetPolicy.perSecond must be 0 to 1000000, not nan") {
            _ = try RetryBudgetPolicy.tokenBucket(perSecond: .nan)
        },
        Bad("RetryBudgetPolicy.maxTokens must be 1 to 1000, not nan") {
            _ = try RetryBudgetPolicy.throttling(maxTokens: .nan)
        },
        Bad("RetryBudgetPolicy.tokenRatio must be 0.001 to 1, not nan") {
            _ = try RetryBudgetPolicy.throttling(tokenRatio: .nan)
        },
    ]

    static let sharesAboveOne = [
        Bad("AdaptiveRetryPolicy.successThreshold must be 0 to 1, not 1.5") {
            _ = try AdaptiveRetryPolicy(successThreshold: 1.5)
        },
        Bad("Rate.failureShare must be 0.001 to 1, not 1.5") {
            _ = try Rate(failureShare: 1.5)
        },
        Bad("SlowCalls.share must be 0.001 to 1, not 1.5") {
            _ = try Rate.SlowCalls(longerThan: .seconds(1), share: 1.5)
        },
        Bad("HedgePolicy.percentile must be above 0 and below 1, not 1.5") {
            _ = try HedgePolicy(percentile: 1.5)
        },
        Bad("RetryBudgetPolicy.share must be 0.001 to 1, not 1.5") {
            _ = try RetryBudgetPolicy.tokenBucket(share: 1.5)
        },
        Bad("RetryBudgetPolicy.tokenRatio must be 0.001 to 1, not 1.5") {
            _ = try RetryBudgetPolicy.throttling(tokenRatio: 1.5)
        },
    ]

    static let emptyWindows = [
        Bad("AdaptiveRetryPolicy.window must be 20 to 100000, not 0") {
            _ = try AdaptiveRetryPolicy(window: 0)
        },
        Bad("Rate.window must be 1 to 100000 calls, not 0") {
            _ = try Rate(window: .calls(0))
        },
        Bad("Rate.window must be 1 ms to 1 day, not 0.0 seconds") {
            _ = try Rate(window: .time(.zero))
        },
        Bad("RetryBudgetPolicy.over must be 1 s to 60 s, not 0.0 seconds") {
            _ = try RetryBudgetPolicy.tokenBucket(over: .zero)
        },
    ]

    static let countsOutOfBounds = [
        Bad("CircuitBreakerPolicy.failureThreshold must be 1 to 1000000, not 0") {
            _ = try CircuitBreakerPolicy(failureThreshold: 0)
        },
        Bad("CircuitBreakerPolicy.halfOpenCalls must be 1 to 1000000, not 0") {
            _ = try CircuitBreakerPolicy(halfOpenCalls: 0)
        },
        Bad("CircuitBreakerPolicy.successesToClose must be 1 to 1000000, not 0") {
            _ = try CircuitBreakerPolicy(successesToClose: 0)
        },
        Bad("Rate.minimumCalls must be 1 to 100, not 101") {
            _ = try Rate(window: .calls(100), minimumCalls: 101)
        },
        Bad("BulkheadPolicy.maxConcurrent must be 1 to 1000000, not 0") {
            _ = try BulkheadPolicy(maxConcurrent: 0)
        },
        Bad("BulkheadPolicy.queueSize must be 0 to 1000000, not -1") {
            _ = try BulkheadPolicy(queueSize: -1)
        },
        Bad("HedgePolicy.maxHedges must be 0 to 100, not -1") {
            _ = try HedgePolicy(maxHedges: -1)
        },
        Bad("CachePolicy.capacity must be 1 to 1000000, not 0") {
            _ = try CachePolicy(capacity: 0)
        },
    ]

    @Test(arguments: noAttempts) func zeroAttemptsAreRefused(_ bad: Bad) { refuse(bad) }

    @Test(arguments: negativeTimes) func negativeTimesAreRefused(_ bad: Bad) { refuse(bad) }

    @Test(arguments: notNumbers) func notANumberIsRefused(_ bad: Bad) { refuse(bad) }

    @Test(arguments: sharesAboveOne) func shareAboveOneIsRefused(_ bad: Bad) { refuse(bad) }

    @Test(arguments: emptyWindows) func emptyWindowIsRefused(_ bad: Bad) { refuse(bad) }

    @Test(arguments: countsOutOfBounds) func countsOutsideTheirBoundsAreRefused(_ bad: Bad) {
        refuse(bad)
    }

    private func refuse(_ bad: Bad) {
        let error = #expect(throws: PolicyError.self, performing: bad.build)
        #expect(error?.description == bad.message)
    }
}
