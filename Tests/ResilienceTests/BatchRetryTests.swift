import Synchronization
import TestSupport
import Testing

@testable import Resilience

@Suite struct BatchRetryTests {
    let clock = TestClock()

    func retry(
        attempts: Int = 3, classifier: ErrorClassifier? = nil, budget: RetryBudget? = nil,
        onRetry: BatchRetry.OnRetry? = nil
    ) throws -> BatchRetry {
        BatchRetry(
            try RetryPolicy(
                maxAttempts: attempts, backoff: Backoff(jitter: .none), classifier: classifier),
            budget: budget, time: clock.time, onRetry: onRetry)
    }

    /// A service in which each item fails as many times as its number.
    final class Service: Sendable {
        private let state = Mutex<(seen: [Int: Int], batches: [[Int]])>((seen: [:], batches: []))

        var batches: [[Int]] { state.withLock { $0.batches } }

        func run(_ items: [Int]) -> [Result<String, TestError>] {
            state.withLock { state in
                state.batches.append(items)
                return items.map { item in
                    state.seen[item, default: 0] += 1
                    return state.seen[item, default: 0] > item
                        ? .success("item \(item)") : .failure(TestError("item \(item)"))
                }
            }
        }
    }

    @Test func onlyFailedItemsAreRetried() throws {
        let service = Service()
        let heard = Mutex<[Int]>([])
        let retry = try retry { _, open, _ in heard.withLock { $0.append(open) } }
        let outcome = try retry.callBlocking([0, 2, 0, 1]) { service.run($0) }
        #expect(service.batches == [[0, 2, 0, 1], [2, 1], [2]])
        #expect(
            outcome.results
                == [
                    .success("item 0"), .success("item 2"), .success("item 0"),
                    .success("item 1"),
                ])
        #expect(outcome.attempts == 3)
        #expect(outcome.stopped == nil && outcome.failed.isEmpty)
        #expect(clock.blocked == [.seconds(1), .seconds(2)])
        #expect(heard.withLock { $0 } == [2, 1])
    }

    @Test func itemThatKeepsFailingGetsItsLastError() async throws {
        let service = Service()
        let retry = try retry(attempts: 2)
        async let ended = retry.call([0, 9]) { service.run($0) }
        await clock.sleepers()
        clock.advance(by: .seconds(1))
        let outcome = try await ended
        #expect(outcome.results == [.success("item 0"), .failure(.operation(TestError("item 9")))])
        #expect(outcome.failed == [1])
        #expect(outcome.stopped == .attempts)
    }

    @Test func itemsWithPermanentErrorsAreNotRetried() throws {
        let runs = Mutex<[[ErrorClass]]>([])
        let outcome = try retry(classifier: .standard).callBlocking(
            [ErrorClass.notFound, .timeout]
        ) { items -> [Result<String, TestError>] in
            runs.withLock { $0.append(items) }
            return items.map { .failure(TestError("e", $0)) }
        }
        #expect(runs.withLock { $0 } == [[.notFound, .timeout], [.timeout], [.timeout]])
        #expect(outcome.failed == [0, 1])
    }

    @Test func wrongNumberOfResultsIsAnError() throws {
        let retry = try retry()
        let error = #expect(throws: BatchRetry.WrongCount.self) {
            try retry.callBlocking([1, 2]) { _ -> [Result<Int, TestError>] in [.success(1)] }
        }
        #expect(error?.description == "the operation was given 2 items and returned 1 results")
    }

    @Test func cancellationEndsAWaitAtOnce() async throws {
        let service = Service()
        let retry = try retry()
        let task = Task { try await retry.call([0, 9]) { service.run($0) } }
        await clock.sleepers()
        task.cancel()
        let outcome = try await task.value
        #expect(outcome.results == [.success("item 0"), .failure(.cancelled)])
        #expect(service.batches.count == 1)
        #expect(outcome.stopped == nil)
    }

    @Test func exhaustedBudgetStopsOnlyRetries() throws {
        let service = Service()
        let budget = RetryBudget(try .tokenBucket(share: 0.2, perSecond: 0), time: clock.time)
        let outcome = try retry(budget: budget).callBlocking([9]) { service.run($0) }
        #expect(service.batches.count == 1)
        #expect(outcome.stopped == .budget)
    }

    @Test func emptyBatchMakesNoAttempt() throws {
        let service = Service()
        let outcome = try retry().callBlocking([]) { service.run($0) }
        #expect(service.batches.isEmpty)
        #expect(outcome.results.isEmpty && outcome.attempts == 0)
    }
}
