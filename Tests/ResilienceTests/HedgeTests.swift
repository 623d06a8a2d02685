import TestSupport
import Testing

@testable import Resilience

@Suite struct HedgeTests {
    let clock = TestClock()
    let started = Journal<Duration>()
    let running = Gauge()

    func hedge(
        after delay: Duration = .milliseconds(100), _ maxHedges: Int = 2,
        percentile: Double? = nil, classifier: ErrorClassifier? = nil
    ) throws -> Hedge {
        Hedge(
            try HedgePolicy(
                delay: delay, maxHedges: maxHedges, percentile: percentile, classifier: classifier),
            time: clock.time)
    }

    /// A request that records its start and its end. Requests are numbered in the order in which
    /// they start.
    func request(
        _ steps: [(after: Duration, error: String?)], forGood: Bool = false
    ) async throws -> Int {
        running.enter()
        defer { running.leave() }
        let number = running.total - 1
        started.note(clock.now - Instant(nanoseconds: 0))
        let step = steps[min(number, steps.count - 1)]
        if step.after > .zero { try await clock.time.sleep(for: step.after) }
        if let error = step.error { throw TestError(error, forGood ? .invalidInput : .unavailable) }
        return number
    }

    /// A service that is down for all callers.
    @Test func retryAndHedgeCanShareABudget() async throws {
        let requests = Gauge()
        let budget = RetryBudget(.grpc)
        let pipeline = Pipeline {
            Retry(maxAttempts: 3, backoff: .none, budget: budget)
            Hedge(after: .zero, maxHedges: 2, budget: budget)
        }
        for _ in 0..<100 {
            try? await pipeline.call {
                requests.enter()
                throw TestError("down", .unavailable)
            }
        }
        #expect(requests.total >= 100)
        #expect(requests.total <= 110, "100 calls and the few requests that the tokens allow")
        #expect(budget.snapshot.denied > 0)
        #expect(Facets(of: pipeline).budget === budget)
    }

    @Test func tokenBucketCountsACallOnce() async throws {
        let requests = Gauge()
        let budget = RetryBudget(try .tokenBucket(share: 0.2, perSecond: 0), time: clock.time)
        let pipeline = Pipeline {
            Retry(maxAttempts: 2, backoff: .none, budget: budget)
            Hedge(after: .zero, maxHedges: 1, budget: budget)
        }
        for _ in 0..<100 {
            try? await pipeline.call {
                requests.enter()
                throw TestError("down", .unavailable)
            }
        }
        #expect(requests.total == 120)
    }

    @Test func resultsOfLosersAreDisposedOf() async throws {
        let opened = Journal<Int>()
        let closed = Journal<Int>()
        let hedge = Hedge(
            after: .zero, maxHedges: 2,
            disposal: Disposal { (connection: Int) in closed.note(connection) })
        let kept = try await hedge.call { () async throws -> Int in
            opened.note(opened.entries.count)
            let own = opened.entries.count
            await until { opened.entries.count == 3 }
            return own
        }
        #expect(opened.entries.count == 3)
        #expect(closed.entries.count == 2)
        #expect(!closed.entries.contains(kept) || Set(closed.entries).count < 2)
        let late = Timeout(
            .seconds(1), disposal: Disposal { (connection: Int) in closed.note(connection) },
            time: clock.time)
        let time = clock.time
        let task = Task {
            try await late.call { () async throws -> Int in
                try? await time.sleep(for: .seconds(60))
                return 99
            }
        }
        await clock.sleepers(2)
        clock.advance(by: .seconds(1))
        #expect(await task.result.error?.isTimeOut == true)
        #expect(closed.entries.last == 99)
    }

    @Test func defaultsEqualTheGuides() {
        #expect(HedgePolicy.standard.delay == .milliseconds(100))
        #expect(HedgePolicy.standard.maxHedges == 2)
        let facets = Facets(of: Hedge())
        #expect(facets.kinds == ["hedge"])
        #expect(facets.limits.map(\.name) == ["hedge_after_ms", "max_hedges"])
        #expect(facets.hedge != nil)
    }

    @Test func hedgeNStartsAtNTimesTheDelayAndTheFirstSuccessWins() async throws {
        let hedge = try hedge()
        async let result = hedge.outcome {
            try await request([(.seconds(60), nil), (.seconds(60), nil), (.milliseconds(50), nil)])
        }
        await clock.sleepers(2)
        clock.advance(by: .milliseconds(100))
        await clock.sleepers(3)
        clock.advance(by: .milliseconds(100))
        // All three requests run without a timer, because no further one may start.
        await clock.sleepers(3)
        clock.advance(by: .milliseconds(50))
        let outcome = await result
        #expect(try outcome.result.get() == 2)
        #expect(outcome.attempts == 3)
        #expect(outcome.failures.isEmpty)
        #expect(started.entries == [.zero, .milliseconds(100), .milliseconds(200)])
        #expect(hedge.counts == .init(launched: 2, won: 1))
    }

    @Test func losersAreCancelledAndAwaited() async throws {
        let hedge = try hedge()
        async let result = hedge.call {
            try await request([(.seconds(60), nil), (.milliseconds(50), nil)])
        }
        await clock.sleepers(2)
        clock.advance(by: .milliseconds(100))
        await clock.sleepers(3)
        clock.advance(by: .milliseconds(50))
        #expect(try await result == 1)
        #expect(running.now == 0)
        #expect(clock.sleeping == 0)
    }

    @Test func noHedgeStartsAfterAnAnswerInTime() async throws {
        let hedge = try hedge()
        let result = try await hedge.call { try await request([(.zero, nil)]) }
        #expect(result == 0)
        #expect(clock.sleeping == 0)
        #expect(hedge.counts == .init(launched: 0, won: 0))
    }

    @Test func failureStartsTheNextHedgeAtOnceAndOthersOnTime() async throws {
        let hedge = try hedge()
        async let result = hedge.outcome {
            try await request([
                (.milliseconds(10), "primary"), (.seconds(60), nil), (.milliseconds(5), nil),
            ])
        }
        await clock.sleepers(2)
        clock.advance(by: .milliseconds(10))
        await until { started.entries.count == 2 && clock.sleeping == 2 }
        clock.advance(by: .milliseconds(90))
        await until { clock.sleeping == 2 }
        clock.advance(by: .milliseconds(100))
        await until { started.entries.count == 3 && clock.sleeping == 2 }
        clock.advance(by: .milliseconds(5))
        #expect(try await result.result.get() == 2)
        #expect(started.entries == [.zero, .milliseconds(10), .milliseconds(200)])
    }

    @Test func primarysErrorIsThrownAndAllFailuresAreReported() async throws {
        let hedge = try hedge()
        let outcome = await hedge.outcome {
            try await request([(.zero, "primary"), (.zero, "second"), (.zero, "third")])
        }
        #expect(outcome.result.error?.description == "primary")
        #expect(outcome.failures.map(\.type) == ["primary", "second", "third"])
        #expect(outcome.attempts == 3)
        #expect(clock.sleeping == 0)
        #expect(hedge.counts == .init(launched: 2, won: 0))
    }

    @Test func primarysErrorIsThrownEvenIfItFailedLast() async throws {
        let hedge = try hedge(after: .milliseconds(100), 1)
        async let result = hedge.outcome {
            try await request([(.milliseconds(500), "primary"), (.zero, "hedge")])
        }
        await clock.sleepers(2)
        clock.advance(by: .milliseconds(100))
        await until { started.entries.count == 2 && running.now == 1 }
        clock.advance(by: .milliseconds(400))
        let outcome = await result
        #expect(outcome.result.error?.description == "primary")
        #expect(outcome.failures.map(\.type) == ["primary", "hedge"])
    }

    @Test func noHedgeStartsAfterTheCallerWasCancelled() async throws {
        let hedge = try hedge()
        let task = Task { await hedge.outcome { try await request([(.seconds(60), nil)]) } }
        await clock.sleepers(2)
        task.cancel()
        let outcome = await task.value
        #expect(outcome.result.error?.isCancelled == true)
        #expect(outcome.attempts == 1)
        #expect(outcome.failures.isEmpty)
        #expect(running.now == 0)
        #expect(clock.sleeping == 0)
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await hedge.outcome { try await request([(.zero, nil)]) }
        }
        #expect(await cancelled.value.result.error?.isCancelled == true)
        #expect(running.total == 1)
    }

    @Test func noHedgeStartsAfterARejectionOrPermanentError() async throws {
        let breaker = CircuitBreaker()
        breaker.forceOpen()
        let pipeline = Pipeline {
            Hedge(time: clock.time)
            breaker
        }
        #expect(await pipeline.outcome { 1 }.result.error?.rejection != nil)
        let hedge = try hedge(classifier: .standard)
        let outcome = await hedge.outcome { try await request([(.zero, "bad")], forGood: true) }
        #expect(outcome.result.error?.description == "bad")
        #expect(outcome.attempts == 1)
        #expect(hedge.counts.launched == 0)
    }

    @Test func allHedgesStartAtOnceWithoutADelayAsInTheGuide() async throws {
        let hedge = try hedge(after: .zero)
        async let result = hedge.call { try await request([(.seconds(1), nil)]) }
        await clock.sleepers(3)
        clock.advance(by: .seconds(1))
        _ = try await result
        #expect(started.entries == [.zero, .zero, .zero])
    }

    @Test func changedLimitsApplyToTheNextCall() async throws {
        let hedge = try hedge()
        try hedge.hedgeAfter.pin(30, by: .operator)
        try hedge.maxHedges.pin(1, by: .operator)
        async let result = hedge.call { try await request([(.seconds(1), nil)]) }
        await clock.sleepers(2)
        clock.advance(by: .milliseconds(30))
        await until { started.entries.count == 2 && clock.sleeping == 2 }
        clock.advance(by: .seconds(1))
        _ = try await result
        #expect(started.entries == [.zero, .milliseconds(30)])
        try hedge.maxHedges.pin(0, by: .operator)
        async let alone = hedge.call { try await request([(.seconds(1), nil)]) }
        await clock.sleepers()
        #expect(clock.sleeping == 1)
        clock.advance(by: .seconds(1))
        _ = try await alone
        #expect(hedge.counts.launched == 1)
    }

    @Test func delayFollowsAPercentileOfRecentLatencies() async throws {
        let hedge = try hedge(percentile: 0.9)
        for number in 1...HedgePolicy.minimumSamples {
            #expect(hedge.delay == .milliseconds(100))
            async let result: Void = hedge.call {
                try await clock.time.sleep(for: .milliseconds(number))
            }
            await clock.sleepers(2)
            clock.advance(by: .milliseconds(number))
            try await result
        }
        #expect(hedge.delay == .milliseconds(18))
        try hedge.hedgeAfter.pin(70, by: .operator)
        #expect(hedge.delay == .milliseconds(70))
        hedge.hedgeAfter.release(by: .operator)
        #expect(hedge.delay == .milliseconds(18))
    }

    @Test func percentilesAreThoseOfTheLastHundredSorted() {
        let random = RandomSource.seeded(5)
        var latencies = RecentLatencies()
        var all: [Duration] = []
        #expect(latencies.percentile(0.5) == nil)
        for _ in 0..<1_000 {
            let latency = Duration.milliseconds(random.below(50))
            latencies.add(latency)
            all.append(latency)
            let recent = all.suffix(RecentLatencies.capacity).sorted()
            for share in [0.01, 0.5, 0.9, 0.999] {
                let rank = Int((share * Double(recent.count)).rounded(.up))
                #expect(latencies.percentile(share) == recent[rank - 1])
            }
        }
    }

    @Test(
        arguments: [
            ("delay", "0 s to 365 days", .seconds(-1), 2, nil),
            ("maxHedges", "0 to 100", .zero, 101, nil),
            ("percentile", "above 0 and below 1", .zero, 2, 1),
            ("percentile", "above 0 and below 1", .zero, 2, .nan),
        ] as [(String, String, Duration, Int, Double?)])
    func invalidPolicyIsRefused(
        _ row: (field: String, bounds: String, delay: Duration, hedges: Int, percentile: Double?)
    ) {
        let error = #expect(throws: PolicyError.self) {
            try HedgePolicy(
                delay: row.delay, maxHedges: row.hedges, percentile: row.percentile)
        }
        #expect(error?.field == "HedgePolicy.\(row.field)")
        #expect(error?.expected == row.bounds)
    }
}
