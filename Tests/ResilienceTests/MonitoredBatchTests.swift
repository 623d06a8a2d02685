import TestSupport
import Testing

@testable import Resilience

@Suite struct MonitoredBatchTests {
    let clock = TestClock()

    func monitored(
        attempts: Int = 3, classifier: ErrorClassifier? = nil
    ) throws -> Monitored<BatchRetry> {
        let policy = try RetryPolicy(
            maxAttempts: attempts, backoff: Backoff(jitter: .none), classifier: classifier)
        return Monitored(BatchRetry(policy, time: clock.time), time: clock.time)
    }

    @Test func batchIsOneCallWithAnAttemptForEachRun() throws {
        let monitored = try monitored()
        let service = BatchRetryTests.Service()
        _ = try monitored.callBlocking([0, 2, 0, 1]) { service.run($0) }
        let metrics = monitored.metrics
        #expect(metrics.ok == 1 && metrics.failed == 0)
        #expect(metrics.attempts == 3 && metrics.retries == [2: 1])
        #expect(metrics.errors == ["item 2": 2])
        #expect(metrics.retryTime == .seconds(3))
        #expect(monitored.base.meter.counts == .init(items: 4, failed: 0, partial: 0))
    }

    @Test func batchWithFailedItemsIsAFailedCallAndPartial() async throws {
        let monitored = try monitored(attempts: 1)
        let service = BatchRetryTests.Service()
        let outcome = try await monitored.call([0, 9, 9]) { service.run($0) }
        #expect(outcome.failed == [1, 2])
        #expect(monitored.metrics.failed == 1)
        #expect(monitored.base.meter.counts == .init(items: 3, failed: 2, partial: 1))
        _ = try await monitored.call([9]) { service.run($0) }
        #expect(monitored.base.meter.counts == .init(items: 4, failed: 3, partial: 1))
    }

    @Test func countsAgreeIfAnItemIsGivenUpEarly() throws {
        let monitored = try monitored(classifier: .standard)
        var rounds = 0
        _ = try monitored.callBlocking([ErrorClass.notFound, .timeout]) { items in
            rounds += 1
            return items.map { item -> Result<Int, TestError> in
                rounds == 2 ? .success(1) : .failure(TestError("\(item)", item))
            }
        }
        let metrics = monitored.metrics
        #expect(metrics.failed == 1 && metrics.attempts == 2 && metrics.retries == [1: 1])
        #expect(metrics.errors.values.reduce(0, +) == metrics.attempts - metrics.ok)
    }

    @Test func cancelledBatchIsNeitherFailedNorPartial() async throws {
        let monitored = try monitored()
        let service = BatchRetryTests.Service()
        let task = Task { try await monitored.call([0, 9]) { service.run($0) } }
        await clock.sleepers()
        #expect(monitored.meter.gauges.waiting == 1)
        task.cancel()
        _ = try await task.value
        #expect(monitored.metrics.cancelled == 1 && monitored.metrics.failed == 0)
        #expect(monitored.base.meter.counts == .init())
    }

    @Test func wrongNumberOfResultsIsAFailedCall() throws {
        let monitored = try monitored()
        #expect(throws: BatchRetry.WrongCount.self) {
            try monitored.callBlocking([1, 2]) { _ -> [Result<Int, TestError>] in [.success(1)] }
        }
        #expect(monitored.metrics.errors == ["WrongCount": 1])
        #expect(monitored.metrics.failed == 1 && monitored.metrics.attempts == 1)
    }

    @Test func emptyBatchIsNotCounted() throws {
        let monitored = try monitored()
        _ = try monitored.callBlocking([Int]()) { _ -> [Result<Int, TestError>] in [] }
        #expect(monitored.metrics.calls == 0)
    }
}
