import TestSupport
import Testing

@testable import Resilience

@Suite struct MonitoredTests {
    let clock = TestClock()

    func monitored(attempts: Int = 3) throws -> Monitored<Pipeline<Retry>> {
        let policy = try RetryPolicy(maxAttempts: attempts, backoff: Backoff(jitter: .none))
        return Monitored(time: clock.time) { Retry(policy, time: clock.time) }
    }

    @Test func summaryIsNilWithoutCalls() throws {
        #expect(try monitored().metrics.summary == nil)
    }

    @Test func everyEventIsCountedOnce() throws {
        let monitored = try monitored()
        let script = Script(
            .succeed("at once"), .fail(TestError("a")), .fail(TestError("b")), .succeed("third"),
            .fail(TestError("a")))
        for _ in 0..<3 { _ = try? monitored.callBlocking { try script.run() } }
        let metrics = monitored.metrics
        #expect(metrics.ok == 2)
        #expect(metrics.failed == 1)
        #expect(metrics.attempts == 7)
        #expect(metrics.retries == [0: 1, 2: 2])
        #expect(metrics.errors == ["a": 4, "b": 1])
        #expect(metrics.retryTime == .seconds(6))
        let summary = try #require(metrics.summary)
        #expect(summary.total == 3)
        #expect(summary.averageRetries == 4.0 / 3)
        #expect(summary.averageRetryTime == .seconds(2))
        #expect(summary.commonErrors.map(\.type) == ["a", "b"])
    }

    @Test func failureOfTheFirstAttemptIsCounted() throws {
        let monitored = try monitored(attempts: 1)
        _ = try? monitored.callBlocking { throw TestError("only") }
        #expect(monitored.metrics.errors == ["only": 1])
    }

    @Test func callIsRejectedOnlyIfNoAttemptRan() throws {
        let breaker = CircuitBreaker(
            try CircuitBreakerPolicy(failureThreshold: 1), time: clock.time)
        let retry = Retry(time: clock.time)
        let monitored = Monitored(time: clock.time) {
            retry
            breaker
        }
        // The first attempt opens the breaker and the second is rejected: a failed call.
        for _ in 0..<2 { _ = try? monitored.callBlocking { throw TestError("down") } }
        #expect(monitored.metrics.failed == 1)
        #expect(monitored.metrics.rejected == 1)
        #expect(monitored.metrics.attempts == 1)
    }

    @Test func countsOfADeltaAgree() throws {
        let monitored = try monitored()
        let random = RandomSource.seeded(3)
        for _ in 0..<500 {
            _ = try? monitored.callBlocking {
                if random.uniform(0, 1) < 0.4 { throw TestError("down") }
            }
        }
        let metrics = monitored.metrics
        #expect(metrics.attempts == metrics.retries.reduce(0) { $0 + ($1.key + 1) * $1.value })
        #expect(metrics.errors.values.reduce(0, +) == metrics.attempts - metrics.ok)
        #expect(metrics.latency.counts.reduce(0, +) == 500)
    }

    @Test func callsInFlightAreReported() async throws {
        let monitored = try monitored()
        let script = Script(.fail(TestError("a")), .succeed("done"))
        async let result = monitored.call { try script.run() }
        await clock.sleepers()
        clock.advance(by: .milliseconds(400))
        #expect(
            monitored.meter.gauges
                == .init(inFlight: 1, waiting: 1, oldest: .milliseconds(400)))
        clock.advance(by: .milliseconds(600))
        _ = try await result
        #expect(monitored.meter.gauges == .init(inFlight: 0, waiting: 0, oldest: .zero))
    }

    @Test func takenCountsAreTakenOnceAndStayInTheTotal() throws {
        let monitored = try monitored()
        _ = monitored.callBlockingIgnoringErrors()
        #expect(monitored.meter.take().ok == 1)
        #expect(monitored.meter.take().ok == 0)
        _ = monitored.callBlockingIgnoringErrors()
        #expect(monitored.metrics.ok == 2)
    }

    @Test func errorTypesBeyondTheLimitAreCountedTogether() throws {
        let monitored = try monitored(attempts: 1)
        for number in 0..<200 {
            _ = try? monitored.callBlocking { throw TestError("error \(number)") }
        }
        let errors = monitored.metrics.errors
        #expect(errors.count <= RetryMetrics.errorTypeLimit + 1)
        #expect(errors.values.reduce(0, +) == 200)
    }
}

extension Monitored where Base: BlockingStrategy {
    fileprivate func callBlockingIgnoringErrors() -> Int? {
        try? callBlocking { 1 }
    }
}
