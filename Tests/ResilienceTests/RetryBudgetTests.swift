import TestSupport
import Testing

@testable import Resilience

@Suite struct RetryBudgetTests {
    let clock = TestClock()

    func retry(_ budget: RetryBudget, attempts: Int = 3, delay: Duration = .zero) throws -> Retry {
        let backoff = try Backoff(
            initial: delay, maximum: max(delay, .seconds(60)), multiplier: 1, jitter: .none)
        return Retry(
            try RetryPolicy(maxAttempts: attempts, backoff: backoff), budget: budget,
            time: clock.time)
    }

    func budget(_ policy: RetryBudgetPolicy) -> RetryBudget {
        RetryBudget(policy, time: clock.time)
    }

    @Test func timeBudgetStopsRetriesButNotTheFirstAttempt() throws {
        let budget = budget(try .time(.seconds(10)))
        let retry = try retry(budget, attempts: 100, delay: .seconds(3))
        let script = Script(.fail(TestError("down")))
        for call in 1...2 {
            _ = try? retry.callBlocking { try script.run() }
            // At 0, 3, 6 and 9 s; a fifth attempt would start at 12 s. The next call has its own
            // time.
            #expect(script.runs == 4 * call)
            #expect(budget.snapshot.denied == call)
        }
        #expect(abs(budget.snapshot.remaining - 0.1) < 1e-9)
    }

    @Test func tokenBucketAllowsAShareOfTheCalls() throws {
        let budget = budget(try .tokenBucket(share: 0.2, perSecond: 0))
        let retry = try retry(budget, attempts: 2)
        let script = Script(.fail(TestError("down")))
        for _ in 0..<100 { _ = try? retry.callBlocking { try script.run() } }
        #expect(script.runs == 120)
        #expect(budget.snapshot.denied == 80)
    }

    @Test func tokenBucketAllowsRetriesPerSecondForRareCalls() throws {
        let budget = budget(.finagle)
        let retry = try retry(budget, attempts: 1_000)
        let script = Script(.fail(TestError("down")))
        _ = try? retry.callBlocking { try script.run() }
        // 10 per second over 10 s; the call's own fifth is less than a retry.
        #expect(script.runs == 101)
        #expect(!budget.hasTokens)
        #expect(budget.snapshot.remaining < 0.01)
        clock.advance(by: .seconds(10))
        #expect(budget.hasTokens)
        #expect(budget.snapshot.remaining == 1)
    }

    @Test func throttlingAllowsRetriesOnlyAboveHalfOfTheTokens() throws {
        let budget = budget(.grpc)
        let retry = try retry(budget, attempts: 100)
        let script = Script(.fail(TestError("down")))
        _ = try? retry.callBlocking { try script.run() }
        // 10 tokens: after the fifth failure 5 are left, which is not above half.
        #expect(script.runs == 5)
        #expect(budget.snapshot == .init(remaining: 0, denied: 1))
        for _ in 0..<11 { _ = try? retry.callBlocking { "done" } }
        #expect(budget.hasTokens)
        #expect(abs(budget.snapshot.remaining - 0.22) < 1e-9)
    }

    @Test func nonRetryableErrorTakesNoToken() throws {
        let budget = budget(.grpc)
        let retry = Retry(
            try RetryPolicy(classifier: .standard), budget: budget, time: clock.time)
        for _ in 0..<50 { _ = try? retry.callBlocking { throw TestError("no", .invalidInput) } }
        #expect(budget.snapshot == .init(remaining: 1, denied: 0))
    }

    @Test func budgetCanBeSharedBetweenStrategies() throws {
        let budget = budget(try .tokenBucket(share: 1, perSecond: 0))
        let (one, other) = (try retry(budget, attempts: 3), try retry(budget, attempts: 3))
        let script = Script(.fail(TestError("down")))
        _ = try? one.callBlocking { "done" }
        _ = try? other.callBlocking { try script.run() }
        #expect(script.runs == 3)
    }

    @Test func outcomeHasTheReasonForNoFurtherAttempt() async throws {
        let budget = budget(try .tokenBucket(share: 0.2, perSecond: 0))
        let stopped = await (try retry(budget)).outcome { throw TestError("down") }
        #expect(stopped.stopped == .budget)
        #expect(stopped.attempts == 1)
        guard case .failure(.operation(let error as TestError)) = stopped.result else {
            Issue.record("expected the last error, got \(stopped.result)")
            return
        }
        #expect(error == TestError("down"))

        let once = Retry(try RetryPolicy(maxAttempts: 1), time: clock.time)
        #expect(await once.outcome { throw TestError("down") }.stopped == .attempts)
        #expect(await once.outcome { "done" }.stopped == nil)
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await once.outcome { throw TestError("down") }.stopped
        }
        #expect(await cancelled.value == nil)
        let picky = Retry(try RetryPolicy(classifier: .standard), time: clock.time)
        let refused = await picky.outcome { throw TestError("no", .authentication) }
        #expect(refused.stopped == .notRetryable)
    }

    @Test func operatorCanChangeTheBudget() throws {
        let budget = budget(try .tokenBucket(share: 0.2, perSecond: 0))
        #expect(budget.limit.name == "retry_budget")
        try budget.limit.pin(1, by: .operator)
        let script = Script(.fail(TestError("down")))
        let retry = try retry(budget, attempts: 2)
        for _ in 0..<10 { _ = try? retry.callBlocking { try script.run() } }
        #expect(script.runs == 20)
        #expect(Facets(of: retry).budget === budget)
    }

    @Test func readingHasNoSideEffects() throws {
        let budget = budget(.finagle)
        _ = try? retry(budget, attempts: 50).callBlocking { throw TestError("down") }
        clock.advance(by: .seconds(100))
        let first = budget.snapshot
        #expect(first == budget.snapshot && first.remaining == 1 && first.denied == 0)
    }

    @Test func firstAttemptIsNeverDenied() throws {
        let cases = 2_000
        var attempts = 0
        for seed in 0..<cases {
            let random = RandomSource.seeded(UInt64(seed))
            let policies: [RetryBudgetPolicy] = [
                try .time(.seconds(random.uniform(1, 5))),
                try .tokenBucket(
                    share: random.uniform(0.001, 1), perSecond: random.uniform(0, 2),
                    over: .seconds(random.uniform(1, 10))),
                try .throttling(
                    maxTokens: random.uniform(1, 10), tokenRatio: random.uniform(0.001, 1)),
            ]
            let budget = budget(policies[seed % policies.count])
            let retry = try retry(budget, attempts: 4, delay: .milliseconds(300))
            for _ in 0..<20 {
                var ran = 0
                _ = try? retry.callBlocking {
                    ran += 1
                    if random.uniform(0, 1) < 0.7 { throw TestError("down") }
                }
                attempts += ran
                let (before, after) = (budget.snapshot, budget.snapshot)
                guard ran >= 1, before == after, (0...1).contains(after.remaining) else {
                    Issue.record("seed \(seed): \(ran) attempts, \(after)")
                    return
                }
            }
        }
        print("budget: \(cases) budgets, \(cases * 20) calls, \(attempts) attempts")
    }

    @Test func retryCancelledDuringItsWaitReturnsItsToken() async throws {
        let budget = RetryBudget(
            try .tokenBucket(share: 0.2, perSecond: 10), time: clock.time)
        let retry = Retry(try RetryPolicy(maxAttempts: 3), budget: budget, time: clock.time)
        for _ in 0..<50 {
            let task = Task { try await retry.call { throw TestError("down") } }
            await clock.sleepers()
            task.cancel()
            _ = await task.result
        }
        #expect(budget.snapshot.remaining == 1)
    }

    @Test func invalidPolicyIsRefusedWithFieldAndBounds() {
        let none = #expect(throws: PolicyError.self) { try RetryBudgetPolicy.time(.zero) }
        #expect(
            none?.description
                == "RetryBudgetPolicy.time must be 1 ms to 365 days, not 0.0 seconds")
        #expect(throws: PolicyError.self) { try RetryBudgetPolicy.tokenBucket(share: 1.5) }
        #expect(throws: PolicyError.self) { try RetryBudgetPolicy.tokenBucket(share: .nan) }
        #expect(throws: PolicyError.self) { try RetryBudgetPolicy.tokenBucket(perSecond: -1) }
        #expect(throws: PolicyError.self) { try RetryBudgetPolicy.tokenBucket(over: .zero) }
        #expect(throws: PolicyError.self) { try RetryBudgetPolicy.throttling(maxTokens: 0) }
        #expect(throws: PolicyError.self) { try RetryBudgetPolicy.throttling(tokenRatio: 0) }
    }
}
