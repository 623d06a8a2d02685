import Resilience
import TestSupport
import Testing

/// The guide's own tests, from its last section, with its numbers.
@Suite struct GuideTests {
    @Test func testExponentialBackoff() throws {
        let clock = TestClock()
        let retry = Retry(
            try RetryPolicy(
                maxAttempts: 3, backoff: Backoff(initial: .milliseconds(100), jitter: .none)),
            time: clock.time)
        let script = Script(
            .fail(TestError("Fail 1")), .fail(TestError("Fail 2")), .succeed("Success"))
        #expect(try retry.callBlocking { try script.run() } == "Success")
        #expect(script.runs == 3)
        #expect(clock.blocked == [.milliseconds(100), .milliseconds(200)])
    }

    @Test func testCircuitBreakerRetry() throws {
        let clock = TestClock()
        let breaker = CircuitBreaker(try CircuitBreakerPolicy(failureThreshold: 2))
        let guarded = Pipeline {
            breaker
            Retry(time: clock.time)
        }
        let script = Script(.fail(TestError("Always fails")))
        for _ in 0..<2 {
            #expect(throws: TestError.self) {
                try guarded.callBlocking { try script.run() }
            }
        }
        #expect(breaker.snapshot.state == .open)
        let error = #expect(throws: Rejection.self) {
            try guarded.callBlocking { try script.run() }
        }
        #expect(error?.description.hasPrefix("circuit breaker is open") == true)
        #expect(script.runs == 6)
    }
}
