import Synchronization
import TestSupport
import Testing

@testable import Resilience

@Suite struct AdaptiveRetryTests {
    let clock = TestClock()

    func retry(
        _ rule: AdaptiveRetryPolicy.Rule = .recovering, window: Int = 100,
        budget: RetryBudget? = nil, breaker: CircuitBreaker? = nil
    ) throws -> AdaptiveRetry {
        AdaptiveRetry(
            try AdaptiveRetryPolicy(window: window, rule: rule), budget: budget, breaker: breaker,
            time: clock.time, random: .seeded(1))
    }

    func succeed(_ retry: AdaptiveRetry, _ times: Int) {
        for _ in 0..<times { _ = try? retry.callBlocking { "done" } }
    }

    func fail(_ retry: AdaptiveRetry, _ times: Int) {
        for _ in 0..<times { _ = try? retry.callBlocking { throw TestError("down") } }
    }

    @Test(arguments: AdaptiveRetryPolicy.Rule.allCases)
    func limitFallsFromFiveToOneAfter23SuccessfulCalls(_ rule: AdaptiveRetryPolicy.Rule) throws {
        let retry = try retry(rule)
        var seen: [Int] = []
        for _ in 0..<25 {
            succeed(retry, 1)
            seen.append(retry.snapshot.currentMaximum)
        }
        #expect(seen == Array(repeating: 5, count: 19) + [4, 3, 2, 1, 1, 1])
    }

    @Test func guidesRuleNeverRaisesALowLimit() throws {
        let retry = try retry(.guide, window: 20)
        succeed(retry, 23)
        fail(retry, 500)
        #expect(retry.snapshot.currentMaximum == 1)
        #expect(retry.snapshot.successRate == 0)
    }

    @Test func defaultRuleRaisesALowLimit() throws {
        let retry = try retry(window: 20)
        succeed(retry, 23)
        #expect(retry.snapshot.currentMaximum == 1)
        fail(retry, 200)
        #expect(retry.snapshot.currentMaximum == 5)
        #expect(retry.snapshot.averageAttempts == 5)
        succeed(retry, 100)
        #expect(retry.snapshot.currentMaximum == 1)
    }

    @Test func everyChangeIsReportedWithItsReason() throws {
        let retry = try retry()
        let seen = Mutex<[Limit.Change]>([])
        retry.maxAttempts.onChange { change in seen.withLock { $0.append(change) } }
        succeed(retry, 20)
        let change = try #require(seen.withLock { $0.first })
        #expect(change.was == 5)
        #expect(change.now == .init(value: 4, by: .adaptive, pinned: false))
        #expect(change.why == "success 1.00 over 20 calls, 1.0 attempts a call")
    }

    @Test func pinnedValueDoesNotChangeUntilItIsReleased() throws {
        let retry = try retry()
        try retry.maxAttempts.pin(5, by: .operator)
        succeed(retry, 40)
        #expect(retry.maxAttempts.reading == .init(value: 5, by: .operator, pinned: true))
        retry.maxAttempts.release(by: .operator)
        succeed(retry, 1)
        #expect(retry.snapshot.currentMaximum == 4)
    }

    @Test func presentValueIsClampedToFloorAndCeiling() throws {
        let retry = try retry()
        try retry.attemptsCeiling.pin(3, by: .operator)
        #expect(retry.snapshot.currentMaximum == 3)
        try retry.attemptsFloor.pin(2, by: .operator)
        succeed(retry, 40)
        #expect(retry.snapshot.currentMaximum == 2)
        try retry.attemptsFloor.pin(9, by: .operator)
        #expect(retry.snapshot.currentMaximum == 3)
    }

    @Test func resultsSurviveAChangeOfTheWindow() throws {
        let retry = try retry()
        succeed(retry, 30)
        try retry.window.pin(200, by: .operator)
        succeed(retry, 1)
        #expect(retry.snapshot.sampleSize == 31)
        fail(retry, 20)
        try retry.window.pin(20, by: .operator)
        fail(retry, 1)
        #expect(retry.snapshot.sampleSize == 20)
        #expect(retry.snapshot.successRate == 0)
    }

    @Test func thresholdCanBeChangedAtRunTime() throws {
        let retry = try retry()
        try retry.successThreshold.pin(1, by: .operator)
        succeed(retry, 40)
        #expect(retry.snapshot.currentMaximum == 5)
    }

    @Test func callReadsTheLimitOnceAtItsStart() throws {
        let retry = try retry()
        let script = Script(.fail(TestError("a")))
        _ = try? retry.callBlocking {
            try retry.maxAttempts.pin(2, by: .operator)
            return try script.run()
        }
        #expect(script.runs == 5)
    }

    @Test func limitRisesOnlyWhileTheBreakerIsClosed() throws {
        let breaker = CircuitBreaker(time: clock.time)
        let retry = try retry(window: 20, breaker: breaker)
        succeed(retry, 23)
        breaker.forceOpen()
        fail(retry, 50)
        #expect(retry.snapshot.currentMaximum == 1)
        breaker.reset()
        fail(retry, 1)
        #expect(retry.snapshot.currentMaximum == 2)
    }

    @Test func limitRisesOnlyWhileTheBudgetHasTokens() throws {
        let budget = RetryBudget(.grpc, time: clock.time)
        let retry = try retry(window: 20, budget: budget)
        succeed(retry, 23)
        // Each failure takes a token, so the budget is empty before the rule would raise the limit.
        fail(retry, 50)
        #expect(!budget.hasTokens)
        #expect(retry.snapshot.currentMaximum == 1)
    }

    @Test func rejectionsAndCancellationAreNotResults() async throws {
        let retry = try retry()
        let breaker = CircuitBreaker(time: clock.time)
        breaker.forceOpen()
        let pipeline = Pipeline {
            retry
            breaker
        }
        _ = try? blocking { try pipeline.callBlocking { "never" } }
        _ = await whenCancelled { try retry.callBlocking { throw CancellationError() } }
        #expect(retry.snapshot.sampleSize == 0)
        #expect(retry.snapshot.successRate == nil)
        #expect(retry.snapshot.averageAttempts == nil)
    }

    @Test func delaysFollowTheSuccessRateAndAreNeverNegative() {
        var machine = AdaptiveRetry.StateMachine(rule: .guide, window: 100)
        let limits = AdaptiveRetry.StateMachine.Limits(
            current: 5, floor: 1, ceiling: 5, threshold: 0.8, window: 100)
        func range(_ attempt: Int) -> ClosedRange<Double> {
            let random = RandomSource.seeded(5)
            let delays = (0..<500).map { _ in
                machine.delay(afterAttempt: attempt, random: random).seconds
            }
            return (delays.min() ?? -1)...(delays.max() ?? -1)
        }
        func expect(_ attempt: Int, around middle: Double) {
            let range = range(attempt)
            #expect(range.lowerBound >= max(0, middle - 0.5) && range.upperBound <= middle + 0.5)
            #expect(range.upperBound - range.lowerBound > 0.9)
        }
        expect(1, around: 1)
        expect(3, around: 4)
        for _ in 0..<10 {
            _ = machine.record(success: true, attempts: 1, limits) { true }
        }
        expect(1, around: 0.5)
        for _ in 0..<30 {
            _ = machine.record(success: false, attempts: 5, limits) { true }
        }
        expect(1, around: 2)
    }

    /// From there on the guide's own delay is exactly 30 s.
    @Test(arguments: [6, 7, 60, 1_000_000])
    func delaysAtTheCapAreSpreadOverItsUpperHalf(_ attempt: Int) {
        let machine = AdaptiveRetry.StateMachine(rule: .guide, window: 100)
        let random = RandomSource.seeded(5)
        let delays = (0..<500).map { _ in
            machine.delay(afterAttempt: attempt, random: random).seconds
        }
        #expect(delays.allSatisfy { $0 >= 15 && $0 <= 30 })
        #expect(Set(delays).count > 490)
        let mean = delays.reduce(0, +) / 500
        #expect(abs(mean - 22.5) < 1)
    }

    @Test func delaysBelowTheCapEqualTheGuidesExactly() {
        let machine = AdaptiveRetry.StateMachine(rule: .guide, window: 100)
        for attempt in 1...5 {
            let exponential = Double(1 << (attempt - 1))
            let (ours, guides) = (RandomSource.seeded(9), RandomSource.seeded(9))
            for _ in 0..<100 {
                let guide = min(exponential + guides.uniform(-0.5, 0.5), 30)
                #expect(machine.delay(afterAttempt: attempt, random: ours) == .seconds(guide))
            }
        }
    }

    @Test func waitDoesNotBlockAndCanBeCancelled() async throws {
        let retry = try retry()
        let task = Task { try await retry.call { throw TestError("down") } }
        await clock.sleepers()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(retry.snapshot.sampleSize == 0)
    }

    @Test func limitsAreListedInTheFacets() throws {
        let facets = Facets(of: try retry(budget: RetryBudget()))
        #expect(facets.kinds == ["adaptive"])
        #expect(facets.budget != nil)
        #expect(
            facets.limits.map(\.name) == [
                "max_attempts", "attempts_floor", "attempts_ceiling", "success_threshold",
                "window", "retry_budget",
            ])
    }

    @Test func invalidPolicyIsRefusedWithFieldAndBounds() {
        let none = #expect(throws: PolicyError.self) { try AdaptiveRetryPolicy(minAttempts: 0) }
        #expect(none?.description == "AdaptiveRetryPolicy.minAttempts must be 1 to 1000000, not 0")
        let above = #expect(throws: PolicyError.self) {
            try AdaptiveRetryPolicy(successThreshold: 1.1)
        }
        #expect(
            above?.description == "AdaptiveRetryPolicy.successThreshold must be 0 to 1, not 1.1")
        #expect(throws: PolicyError.self) { try AdaptiveRetryPolicy(successThreshold: .nan) }
        #expect(throws: PolicyError.self) { try AdaptiveRetryPolicy(minAttempts: 6) }
        #expect(throws: PolicyError.self) { try AdaptiveRetryPolicy(maxRetryAfter: .seconds(-1)) }
        let empty = #expect(throws: PolicyError.self) { try AdaptiveRetryPolicy(window: 0) }
        #expect(empty?.description == "AdaptiveRetryPolicy.window must be 20 to 100000, not 0")
    }
}
