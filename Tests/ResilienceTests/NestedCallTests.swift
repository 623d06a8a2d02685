import Resilience
import Synchronization
import TestSupport
import Testing

/// Strategies in nested functions follow the rules of one pipeline.
@Suite struct NestedCallTests {
    let clock = TestClock()

    struct Busy: ClassifiedError {
        var errorClass: ErrorClass { .http(status: 503) }
        var retryAfter: RetryAfter? { .delay(.seconds(7)) }
    }

    private func opened() -> CircuitBreaker {
        CircuitBreaker(initially: .forcedOpen, time: clock.time)
    }

    @Test func innerRejectionIsNeitherRetriedNorAnOuterFailure() async throws {
        let inner = opened()
        let outer = CircuitBreaker(failureThreshold: 1, time: clock.time)
        let retries = Flag()
        let pipeline = Pipeline {
            Retry(maxAttempts: 3, time: clock.time, onRetry: { _, _, _ in retries.raise() })
            outer
        }
        let plain = await pipeline.outcome { try await inner.call { "never" } }
        let typed = await pipeline.outcome { () throws(CallError<Never>) in
            try await inner.call(throwing: Never.self) { "never" }
        }
        for (attempts, error) in [
            (plain.attempts, plain.result.error?.rejection),
            (typed.attempts, typed.result.error?.rejection),
        ] {
            #expect(attempts == 0)
            #expect(error == .circuit(state: .forcedOpen, why: .restored, probeIn: nil))
        }
        #expect(!retries.isRaised)
        #expect(outer.snapshot.state == .closed)
        #expect(outer.snapshot.counts.ignored == 2)
    }

    @Test func innerRetryAfterIsKept() throws {
        let inner = Retry(maxAttempts: 1, time: clock.time)
        let outer = Retry(
            try RetryPolicy(maxAttempts: 2, classifier: .standard), time: clock.time)
        let calls = [
            { try outer.callBlocking { try inner.callBlocking { throw Busy() } } },
            {
                try outer.callBlocking {
                    try inner.callBlocking(throwing: Busy.self) { () throws(Busy) in throw Busy() }
                }
            },
        ]
        for call in calls {
            #expect(throws: Busy.self) { try call() }
            #expect(clock.blocked.last.map { $0 >= .seconds(7) } == true)
        }
        #expect(clock.blocked.count == 2)
    }

    @Test func errorsAreUnwrappedThroughTenFunctions() async throws {
        let retry = Retry(maxAttempts: 1)
        @Sendable func nested(_ depth: Int) async throws -> Int {
            try await retry.call {
                guard depth > 0 else { throw TestError("deep") }
                return try await nested(depth - 1)
            }
        }
        await #expect(throws: TestError("deep")) { try await nested(10) }
        let typed = await retry.outcome { try await nested(10) }
        guard case .failure(.operation(let error)) = typed.result else {
            Issue.record("\(typed.result)")
            return
        }
        #expect(error as? TestError == TestError("deep"))
        #expect(typed.failures.map(\.type) == ["deep"])
    }

    @Test func innerTimeOutIsATimeOut() async throws {
        let time = clock.time
        let outer = Monitored(Retry(maxAttempts: 1), time: time)
        let inner = Timeout(.seconds(1), time: time)
        let task = Task {
            try await outer.call {
                try await inner.call { try await time.sleep(for: .seconds(60)) }
            }
        }
        await clock.sleepers(2)
        clock.advance(by: .seconds(1))
        #expect(await task.result.error?.isTimeOut == true)
        #expect(outer.metrics.errors == ["TimeoutError": 1])
    }

    @Test func breakerNestedInItselfCanClose() async throws {
        let breaker = CircuitBreaker(
            try CircuitBreakerPolicy(failureThreshold: 1, halfOpenCalls: 1), time: clock.time)
        try? blocking { try breaker.callBlocking { throw TestError("down") } }
        clock.advance(by: .seconds(60))
        #expect(try await breaker.call { try await breaker.call { "well" } } == "well")
        #expect(breaker.snapshot.state == .closed)
        try? blocking { try breaker.callBlocking { throw TestError("down") } }
        clock.advance(by: .seconds(60))
        try blocking { try breaker.callBlocking { try breaker.callBlocking {} } }
        #expect(breaker.snapshot.state == .closed)
        // Another task is not part of the probe.
        try? blocking { try breaker.callBlocking { throw TestError("down") } }
        clock.advance(by: .seconds(60))
        let other = try await breaker.call {
            await Task.detached { try await breaker.call {} }.result
        }
        #expect(other.error?.rejection != nil)
        #expect(breaker.snapshot.state == .closed)
    }
}
