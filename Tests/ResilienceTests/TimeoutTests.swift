import Synchronization
import TestSupport
import Testing

@testable import Resilience

@Suite struct TimeoutTests {
    let clock = TestClock()

    /// Sleeps, and records its end with any result.
    func work(_ duration: Duration, _ ended: Flag = Flag()) async throws -> String {
        defer { ended.raise() }
        try await clock.time.sleep(for: duration)
        return "done"
    }

    @Test func operationInTimeReturnsItsResultAndTheTimerEnds() async throws {
        let timeout = Timeout(.seconds(2), time: clock.time)
        async let result = timeout.call { try await work(.seconds(1)) }
        await clock.sleepers(2)
        clock.advance(by: .seconds(1))
        #expect(try await result == "done")
        #expect(clock.sleeping == 0)
    }

    @Test func operationThatTakesTooLongIsCancelledAndAwaited() async throws {
        let timeout = Timeout(.seconds(2), time: clock.time)
        let ended = Flag()
        async let outcome = timeout.outcome { try await work(.seconds(60), ended) }
        await clock.sleepers(2)
        clock.advance(by: .seconds(2))
        let result = await outcome
        #expect(ended.isRaised)
        #expect(clock.sleeping == 0)
        #expect(result.result.error?.isTimeOut == true)
        #expect(result.attempts == 1)
        #expect(result.failures.map(\.type) == ["TimeoutError"])
        #expect(result.failures.map(\.message) == ["timed out after 2.0 seconds"])
    }

    @Test func cancellationByTheCallerIsNotATimeOut() async throws {
        let timeout = Timeout(.seconds(2), time: clock.time)
        let task = Task { await timeout.outcome { try await work(.seconds(60)) } }
        await clock.sleepers(2)
        task.cancel()
        let outcome = await task.value
        #expect(outcome.result.error?.isCancelled == true)
        #expect(outcome.failures.isEmpty)
        #expect(clock.sleeping == 0)
    }

    @Test func lateResultIsDropped() async throws {
        let timeout = Timeout(.seconds(2), time: clock.time)
        async let outcome = timeout.outcome { () -> String in
            // Ignores cancellation, like some code.
            _ = try? await work(.seconds(60))
            return "late"
        }
        await clock.sleepers(2)
        clock.advance(by: .seconds(2))
        #expect(await outcome.result.error?.isTimeOut == true)
    }

    @Test func operationsErrorIsKeptWithItsType() async throws {
        let timeout = Timeout(.seconds(2), time: clock.time)
        do throws(CallError<TestError>) {
            try await timeout.call(throwing: TestError.self) { () async throws(TestError) in
                throw TestError("mine")
            }
        } catch {
            #expect(error == .operation(TestError("mine")))
        }
    }

    @Test func limitsEachAttemptInsideARetryAndATimeOutIsAFailure() async throws {
        let breaker = CircuitBreaker(
            try CircuitBreakerPolicy(failureThreshold: 2), time: clock.time)
        let retries = Flag()
        let pipeline = try Pipeline {
            Retry(
                try RetryPolicy(maxAttempts: 2, backoff: .none), time: clock.time,
                onRetry: { _, _, _ in retries.raise() })
            breaker
            Timeout(.seconds(2), time: clock.time)
        }
        async let outcome = pipeline.outcome { try await work(.seconds(60)) }
        await clock.sleepers(2)
        clock.advance(by: .seconds(2))
        // The retry's wait of zero, then the second attempt.
        await until { retries.isRaised && clock.sleeping == 1 }
        clock.advance(by: .zero)
        await clock.sleepers(2)
        clock.advance(by: .seconds(2))
        let ended = await outcome
        #expect(ended.attempts == 2)
        #expect(ended.failures.count == 2)
        #expect(ended.result.error?.isTimeOut == true)
        #expect(breaker.snapshot.state == .open)
    }

    @Test func limitsTheWholeCallWithItsWaitsAroundARetry() async throws {
        let pipeline = try Pipeline {
            Timeout(.milliseconds(1_500), time: clock.time)
            Retry(
                try RetryPolicy(maxAttempts: 5, backoff: Backoff(jitter: .none)), time: clock.time)
        }
        async let outcome = pipeline.outcome { throw TestError("down") }
        await clock.sleepers(2)
        clock.advance(by: .seconds(1))
        await clock.sleepers(2)
        clock.advance(by: .milliseconds(500))
        let ended = await outcome
        #expect(ended.result.error?.isTimeOut == true)
        // Both attempts ended before the limit, so neither is counted again.
        #expect(ended.failures.map(\.type) == ["down", "down"])
        #expect(clock.sleeping == 0)
    }

    @Test func attemptsAndErrorsOfATimeOutAgreeInTheMetrics() async throws {
        let monitored = Monitored(Timeout(.seconds(2), time: clock.time), time: clock.time)
        async let result = monitored.outcome { try await work(.seconds(60)) }
        await clock.sleepers(2)
        clock.advance(by: .seconds(2))
        _ = await result
        #expect(monitored.metrics.failed == 1)
        #expect(monitored.metrics.errors == ["TimeoutError": 1])
    }

    @Test func operatorsLimitAppliesToTheNextCall() async throws {
        let timeout = Timeout(.seconds(2), time: clock.time)
        #expect(Facets(of: timeout).limits.map(\.name) == ["timeout_ms"])
        try timeout.milliseconds.pin(500, by: .operator)
        async let outcome = timeout.outcome { try await work(.seconds(60)) }
        await clock.sleepers(2)
        clock.advance(by: .milliseconds(500))
        #expect(await outcome.result.error?.isTimeOut == true)
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .microseconds(999), .seconds(366 * 86_400)])
    func invalidDurationIsRefused(_ duration: Duration) {
        let error = #expect(throws: PolicyError.self) {
            try Timeout(checking: duration)
        }
        #expect(error?.field == "Timeout.duration")
        #expect(error?.expected == "1 ms to 365 days")
    }
}
