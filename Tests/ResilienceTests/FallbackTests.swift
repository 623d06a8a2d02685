import TestSupport
import Testing

@testable import Resilience

@Suite struct FallbackTests {
    typealias Quotes = Fallback<String, String, Retry, Retry>

    let clock = TestClock()
    let bad = Script(.fail(TestError("primary")))
    let worse = Script(.fail(TestError("fallback")))

    func quotes(cache: CachePolicy? = .standard) throws -> Quotes {
        Fallback(
            try FallbackPolicy(backoff: Backoff(jitter: .none), cache: cache), time: clock.time)
    }

    func error(_ body: () throws -> FallbackResult<String>) -> String? {
        do {
            _ = try body()
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func successfulPrimaryDoesNotCallTheFallback() async throws {
        let spare = Script(.succeed("spare"))
        let result = try await quotes().call(cacheKey: "a") {
            "fresh"
        } fallback: {
            try spare.run()
        }
        #expect(result == FallbackResult("fresh", from: .primary))
        #expect(spare.runs == 0)
    }

    @Test func fallbackAnswersAfterThreeAttemptsOfThePrimary() throws {
        let quotes = try quotes()
        let spare = Script(.fail(TestError("once")), .succeed("spare"))
        let result = try quotes.callBlocking {
            try bad.run()
        } fallback: {
            try spare.run()
        }
        #expect(result == FallbackResult("spare", from: .fallback))
        #expect(bad.runs == 3)
        #expect(spare.runs == 2)
        #expect(clock.blocked == [.seconds(1), .seconds(2), .seconds(1)])
        #expect(quotes.meter.counts == .init(used: 1, cached: 0))
    }

    @Test func cachedResultIsReturnedWithItsAgeIfBothFail() throws {
        let quotes = try quotes()
        _ = try quotes.callBlocking(cacheKey: "a") { "fresh" }
        clock.advance(by: .seconds(60))
        let result = try quotes.callBlocking(cacheKey: "a") {
            try bad.run()
        } fallback: {
            try worse.run()
        }
        // Includes the waits of the retries: 1 s and 2 s, and 1 s.
        #expect(result == FallbackResult("fresh", from: .cache(age: .seconds(64))))
        #expect(worse.runs == 2)
        #expect(quotes.meter.counts == .init(used: 0, cached: 1))
    }

    @Test func primarysErrorIsThrownIfAllFail() throws {
        let quotes = try quotes()
        #expect(
            error { try quotes.callBlocking(cacheKey: "a", primary: bad.run, fallback: worse.run) }
                == "primary")
        #expect(error { try quotes.callBlocking(cacheKey: "a", primary: bad.run) } == "primary")
        #expect(quotes.meter.counts == .init(used: 0, cached: 0))
    }

    @Test func onlyResultsOfThePrimaryAreCachedUnderTheirKey() throws {
        let quotes = try quotes()
        _ = try quotes.callBlocking(
            cacheKey: "a", primary: bad.run, fallback: Script(.succeed("spare")).run)
        #expect(error { try quotes.callBlocking(cacheKey: "a", primary: bad.run) } == "primary")
        _ = try quotes.callBlocking(cacheKey: "b") { "of b" }
        _ = try quotes.callBlocking {
            "of nobody"
        } fallback: {
            ""
        }
        #expect(error { try quotes.callBlocking(cacheKey: "a", primary: bad.run) } == "primary")
    }

    @Test func slowCallDoesNotReplaceTheResultOfALaterOne() async throws {
        let quotes = try quotes()
        let time = clock.time
        func kept() async throws -> String {
            try blocking { try quotes.callBlocking(cacheKey: "a", primary: bad.run).value }
        }
        async let slow = quotes.call(cacheKey: "a") {
            try await time.sleep(for: .seconds(5))
            return "first"
        }
        await clock.sleepers()
        _ = try blocking { try quotes.callBlocking(cacheKey: "a") { "second" } }
        clock.advance(by: .seconds(5))
        #expect(try await slow.value == "first")
        #expect(try await kept() == "second")
        // A call that starts after both replaces the result.
        _ = try blocking { try quotes.callBlocking(cacheKey: "a") { "third" } }
        #expect(try await kept() == "third")
    }

    @Test func expiredResultsAndDisabledCachesAreNotUsed() throws {
        let quotes = try quotes(cache: CachePolicy(timeToLive: .seconds(60)))
        _ = try quotes.callBlocking(cacheKey: "a") { "fresh" }
        clock.advance(by: .seconds(30))
        #expect(
            try quotes.callBlocking(cacheKey: "a", primary: bad.run).source
                == .cache(age: .seconds(33)))
        clock.advance(by: .seconds(27))
        #expect(error { try quotes.callBlocking(cacheKey: "a", primary: bad.run) } == "primary")
        let off = try self.quotes(cache: nil)
        _ = try off.callBlocking(cacheKey: "a") { "fresh" }
        #expect(error { try off.callBlocking(cacheKey: "a", primary: bad.run) } == "primary")
    }

    @Test func fallbackIsCalledAfterRejectionsAndTimeOuts() async throws {
        let breaker = CircuitBreaker()
        breaker.forceOpen()
        let guarded = Fallback(
            primary: breaker, secondary: Retry(), keyedBy: String.self, answering: String.self)
        let result = try await guarded.call {
            "primary"
        } fallback: {
            "spare"
        }
        #expect(result.source == .fallback)

        let limited = Fallback(
            primary: Timeout(.seconds(1), time: clock.time), secondary: Retry(),
            keyedBy: String.self, answering: String.self)
        let time = clock.time
        async let late = limited.call {
            try await time.sleep(for: .seconds(60))
            return "primary"
        } fallback: {
            "spare"
        }
        await clock.sleepers(2)
        clock.advance(by: .seconds(1))
        #expect(try await late.source == .fallback)
    }

    @Test func fallbackIsNotCalledAfterCancellation() async throws {
        let quotes = try quotes()
        _ = try blocking { try quotes.callBlocking(cacheKey: "a") { "fresh" } }
        let spare = Script(.succeed("spare"))
        let time = clock.time
        let task = Task { () -> Bool in
            do {
                _ = try await quotes.call(cacheKey: "a") {
                    try await time.sleep(for: .seconds(60))
                    return "late"
                } fallback: {
                    try spare.run()
                }
                return false
            } catch {
                return error.isCancelled
            }
        }
        await clock.sleepers()
        task.cancel()
        #expect(await task.value)
        #expect(spare.runs == 0)
        // Cancellation of the fallback does not use the cache either.
        let stopped = await whenCancelled { [bad] in
            try quotes.callBlocking(cacheKey: "a", primary: bad.run) { "spare" }
        }
        #expect(stopped.error?.isCancelled == true)
        #expect(quotes.meter.counts == .init(used: 0, cached: 0))
    }

    @Test func monitoredFallbackCountsEachCallOnce() async throws {
        let monitored = Monitored(try quotes(), time: clock.time)
        _ = try blocking { try monitored.callBlocking(cacheKey: "a") { "fresh" } }
        let spare = try blocking {
            try monitored.callBlocking(cacheKey: "a", primary: bad.run) { "spare" }
        }
        #expect(spare.source == .fallback)
        let kept = try blocking {
            try monitored.callBlocking(cacheKey: "a", primary: bad.run, fallback: worse.run)
        }
        #expect(kept.value == "fresh")
        #expect(
            try await monitored.call {
                "fresh"
            } fallback: {
                "spare"
            }.source == .primary)
        #expect(try await monitored.call(cacheKey: "b") { "b" }.value == "b")
        #expect(error { try monitored.callBlocking(cacheKey: "c", primary: bad.run) } == "primary")
        let metrics = monitored.metrics
        #expect(metrics.ok == 5)
        #expect(metrics.failed == 1)
        #expect(metrics.attempts == 1 + 4 + 5 + 1 + 1 + 3)
        #expect(metrics.errors == ["primary": 9, "fallback": 2])
        let facets = Facets(of: monitored)
        #expect(facets.kinds == ["fallback", "retry"])
        #expect(facets.fallback?.counts == .init(used: 1, cached: 1))
    }

    @Test func primaryAndFallbackCanHaveDifferentErrorTypes() async {
        let quotes = Quotes()
        do {
            _ = try await quotes.call {
                "fine"
            } fallback: {
                throw CancellationError()
            }
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test func invalidPoliciesAreRefused() {
        let none = #expect(throws: PolicyError.self) { try FallbackPolicy(primaryAttempts: 0) }
        #expect(none?.description == "FallbackPolicy.primaryAttempts must be 1 to 1000000, not 0")
        let less = #expect(throws: PolicyError.self) { try FallbackPolicy(fallbackAttempts: -1) }
        #expect(less?.field == "FallbackPolicy.fallbackAttempts")
        let empty = #expect(throws: PolicyError.self) { try CachePolicy(capacity: 0) }
        #expect(empty?.description == "CachePolicy.capacity must be 1 to 1000000, not 0")
        let short = #expect(throws: PolicyError.self) { try CachePolicy(timeToLive: .zero) }
        #expect(short?.field == "CachePolicy.timeToLive")
        #expect(short?.expected == "1 ms to 365 days")
        #expect(FallbackPolicy.standard.primaryAttempts == 3)
        #expect(FallbackPolicy.standard.fallbackAttempts == 2)
        #expect(FallbackPolicy.standard.cache != nil)
    }
}
