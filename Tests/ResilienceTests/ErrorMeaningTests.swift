import Resilience
import TestSupport
import Testing

/// What an error means for the service: a failure, a success, or neither.
@Suite struct ErrorMeaningTests {
    let clock = TestClock()
    let bad = TestError("bad request", .invalidInput)
    let down = TestError("down", .connection)

    func breaker(_ trip: CircuitBreakerPolicy.Trip) throws -> CircuitBreaker {
        CircuitBreaker(
            try CircuitBreakerPolicy(
                trip: trip, openFor: .seconds(60), halfOpenCalls: 1, classifier: .standard),
            time: clock.time)
    }

    func call(_ breaker: CircuitBreaker, _ error: TestError?) {
        try? breaker.callBlocking { if let error { throw error } }
    }

    @Test func callersFaultsDoNotAffectFailuresInARowOrTheWindow() throws {
        let window = try CircuitBreakerPolicy.Rate(window: .calls(100), minimumCalls: 100)
        for trip in [.consecutiveFailures(5), .rate(window)] as [CircuitBreakerPolicy.Trip] {
            let breaker = try breaker(trip)
            for _ in 0..<200 {
                for _ in 0..<4 { call(breaker, down) }
                call(breaker, bad)
            }
            #expect(breaker.snapshot.state == .open)
            #expect(breaker.snapshot.counts.succeeded == 0)
            #expect(breaker.snapshot.counts.ignored > 0)
        }
    }

    @Test func probeThatEndsWithACallersFaultAdmitsAnother() throws {
        let breaker = try breaker(.consecutiveFailures(1))
        call(breaker, down)
        clock.advance(by: .seconds(60))
        call(breaker, bad)
        #expect(breaker.snapshot.state == .halfOpen)
        #expect(breaker.snapshot.counts.ignored == 1)
        call(breaker, nil)
        #expect(breaker.snapshot.state == .closed)
    }

    @Test func classifierCanDefineAnErrorAsASuccess() throws {
        let lenient = ErrorClassifier(isRetryable: { _ in false }) { _ in .success }
        let breaker = CircuitBreaker(
            try CircuitBreakerPolicy(failureThreshold: 2, classifier: lenient), time: clock.time)
        call(breaker, bad)
        #expect(breaker.snapshot.counts.succeeded == 1)
    }

    @Test func withoutAClassifierAllButCallersFaultsAreFailures() throws {
        for status in 100..<600 {
            let breaker = CircuitBreaker(failureThreshold: 1, time: clock.time)
            call(breaker, TestError("answered", .http(status: status)))
            let isCallers = (400..<500).contains(status) && ![408, 429].contains(status)
            #expect(breaker.snapshot.state == (isCallers ? .closed : .open), "\(status)")
        }
    }

    @Test func classifierDecidesAboutTimeOuts() async throws {
        let picky = ErrorClassifier { _ in false }
        let breaker = CircuitBreaker(
            try CircuitBreakerPolicy(failureThreshold: 1, classifier: picky), time: clock.time)
        let pipeline = Pipeline {
            Retry(maxAttempts: 2, backoff: .none, classifier: picky)
            breaker
            Timeout(.seconds(1), time: clock.time)
        }
        let time = clock.time
        let gauge = Gauge()
        let task = Task {
            try await pipeline.call {
                gauge.enter()
                try await time.sleep(for: .seconds(60))
            }
        }
        await clock.sleepers(2)
        clock.advance(by: .seconds(1))
        #expect(await task.result.error as? TimedOut == TimedOut(limit: .seconds(1)))
        #expect(gauge.total == 1)
        #expect(breaker.snapshot.state == .closed)
        #expect(breaker.snapshot.counts.ignored == 1)
        #expect(ErrorClassifier.standard.isRetryable(TimedOut(limit: .seconds(1))))
    }
}
