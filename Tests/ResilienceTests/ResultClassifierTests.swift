import Resilience
import Synchronization
import TestSupport
import Testing

/// Returned values that are treated as errors.
@Suite struct ResultClassifierTests {
    struct Answer: Equatable, Sendable {
        let status: Int
        var wait: Duration?
    }

    struct Unavailable: ClassifiedError {
        let answer: Answer
        var errorClass: ErrorClass { .http(status: answer.status) }
        var retryAfter: RetryAfter? { answer.wait.map { .delay($0) } }
    }

    /// Returns the answers in order, then repeats the last one.
    final class Service: Sendable {
        private let answers: Mutex<[Answer]>

        init(_ answers: Answer...) {
            self.answers = Mutex(answers)
        }

        func run() -> Answer {
            answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        }
    }

    let clock = TestClock()
    let results = ResultClassifier { (answer: Answer) in
        answer.status >= 400 ? Unavailable(answer: answer) : nil
    }

    @Test func retryRetriesAnErrorValueAfterItsRetryAfter() throws {
        let retry = Retry(
            try RetryPolicy(maxAttempts: 3, classifier: .standard, results: results),
            time: clock.time)
        let monitored = Monitored(retry, time: clock.time)
        let service = Service(
            Answer(status: 503, wait: .seconds(9)), Answer(status: 200))
        #expect(try monitored.callBlocking { service.run() } == Answer(status: 200))
        #expect(clock.blocked.count == 1 && clock.blocked[0] >= .seconds(9))
        #expect(monitored.metrics.errors == ["HTTP 503": 1])
        #expect(monitored.metrics.ok == 1)
        // The caller gets the value that is not retryable, or the last one.
        #expect(try retry.callBlocking { Answer(status: 404) } == Answer(status: 404))
        #expect(clock.blocked.count == 1)
        #expect(try retry.callBlocking { Answer(status: 500) } == Answer(status: 500))
        #expect(clock.blocked.count == 3)
    }

    @Test func breakerCountsAValueByTheMeaningOfItsError() throws {
        let breaker = CircuitBreaker(failureThreshold: 2, results: results, time: clock.time)
        for status in [500, 404, 500] {
            _ = try breaker.callBlocking { Answer(status: status) }
        }
        #expect(breaker.snapshot.state == .open)
        #expect(breaker.snapshot.counts.ignored == 1)
        #expect(breaker.snapshot.counts.failed == 2)
    }

    @Test func valueClassifiedByManyStrategiesIsCountedOnce() throws {
        let monitored = Monitored {
            Retry(maxAttempts: 2, backoff: .none, results: results)
            CircuitBreaker(failureThreshold: 9, results: results)
        }
        _ = try monitored.callBlocking { Answer(status: 503) }
        #expect(monitored.metrics.errors == ["HTTP 503": 2])
    }

    @Test func hedgeReturnsTheFirstValueThatIsNotAnError() async throws {
        let hedge = Hedge(after: .seconds(1), results: results, time: clock.time)
        let service = Service(Answer(status: 503), Answer(status: 200))
        #expect(try await hedge.call { service.run() } == Answer(status: 200))
        #expect(hedge.counts.launched == 1)
        let bad = try await hedge.call { Answer(status: 500) }
        #expect(bad == Answer(status: 500))
    }

    @Test func fallbackIsCalledForAnErrorValue() async throws {
        let quotes = Fallback(
            primary: Retry(maxAttempts: 1), secondary: Retry(maxAttempts: 1), results: results,
            keyedBy: String.self, answering: Answer.self)
        let spare = try await quotes.call(cacheKey: "a") {
            Answer(status: 503)
        } fallback: {
            Answer(status: 200)
        }
        #expect(spare.source == .fallback)
        let alone = try await quotes.call(cacheKey: "a") { Answer(status: 503) }
        #expect(alone.value.status == 503)
    }
}
