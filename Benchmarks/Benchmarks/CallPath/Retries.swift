import Benchmark
import Resilience
import Rows

func measureRetries() throws {
    measureAlone(Retry(), blocking: .retry, async: .retryAsync)
    measureAlone(AdaptiveRetry(), blocking: .adaptive, async: .adaptiveAsync)

    let budgeted = Retry(budget: RetryBudget(.finagle))
    measure(.retryBudget) { calls in
        for _ in 0..<calls { blackHole(try budgeted.callBlocking { 1 }) }
    }
    let failing = Retry(try RetryPolicy(maxAttempts: 2, backoff: .none))
    measure(.retryFails) { calls in
        for _ in 0..<calls {
            var isFirst = true
            let answer = try failing.callBlocking {
                defer { isFirst = false }
                if isFirst { throw Down() }
                return 1
            }
            blackHole(answer)
        }
    }

    let contextual = ContextualRetry()
    measure(.contextual) { calls in
        for _ in 0..<calls { blackHole(try contextual.callBlocking(in: "database") { 1 }) }
    }
    measure(.contextualAsync) { calls async throws in
        for _ in 0..<calls { blackHole(try await contextual.call(in: "database") { 1 }) }
    }

    let batch = BatchRetry()
    let items = Array(0..<10)
    measure(.batch) { calls in
        for _ in 0..<calls { blackHole(try batch.callBlocking(items, stored)) }
    }
    measure(.batchAsync) { calls async throws in
        for _ in 0..<calls { blackHole(try await batch.call(items) { stored($0) }) }
    }
}

/// Measures successful calls of a single strategy.
func measureAlone(_ strategy: some BlockingStrategy, blocking: Row, async: Row) {
    measure(blocking) { calls in
        for _ in 0..<calls { blackHole(try strategy.callBlocking { 1 }) }
    }
    measure(async) { calls async throws in
        for _ in 0..<calls { blackHole(try await strategy.call { 1 }) }
    }
}

private func stored(_ items: [Int]) -> [Result<Int, Down>] {
    items.map { .success($0) }
}
