import Resilience
import TestSupport
import Testing

/// Streams under strategies: one call until the stream ends.
@Suite struct StreamTests {
    let clock = TestClock()
    let opened = Gauge()

    /// A stream of elements that ends normally or with an error.
    func source(_ elements: [Int], error: TestError? = nil) -> AsyncThrowingStream<Int, any Error> {
        opened.enter()
        return AsyncThrowingStream { continuation in
            for element in elements { continuation.yield(element) }
            continuation.finish(throwing: error)
        }
    }

    func collect(_ stream: StrategyStream<Int>) async -> ([Int], (any Error)?) {
        var elements: [Int] = []
        do {
            for try await element in stream { elements.append(element) }
            return (elements, nil)
        } catch {
            return (elements, error)
        }
    }

    @Test func streamIsOneCallUntilItEnds() async throws {
        let monitored = Monitored {
            Retry(maxAttempts: 3, backoff: .none)
            Bulkhead(maxConcurrent: 1)
        }
        let stream = monitored.stream { source([1, 2, 3]) }
        var iterator = stream.makeAsyncIterator()
        #expect(try await iterator.next() == 1)
        #expect(Facets(of: monitored).bulkhead?.counts.active == 1)
        #expect(monitored.metrics.calls == 0)
        #expect(try await iterator.next() == 2)
        #expect(try await iterator.next() == 3)
        #expect(try await iterator.next() == nil)
        #expect(monitored.metrics.ok == 1)
        #expect(Facets(of: monitored).bulkhead?.counts.active == 0)
        // Another iteration is a separate call.
        #expect(await collect(stream).0 == [1, 2, 3])
        #expect(opened.total == 2)
    }

    @Test func brokenStreamIsAFailureAndIsNotRetried() async throws {
        let breaker = CircuitBreaker(failureThreshold: 1, time: clock.time)
        let monitored = Monitored {
            Retry(maxAttempts: 3, backoff: .none)
            breaker
        }
        let (elements, error) = await collect(
            monitored.stream { source([1, 2], error: TestError("broken")) })
        #expect(elements == [1, 2])
        #expect(error as? TestError == TestError("broken"))
        #expect(opened.total == 1)
        #expect(breaker.snapshot.state == .open)
        #expect(monitored.metrics.errors == ["broken": 1])
        let rejected = await collect(monitored.stream { source([1]) })
        #expect(rejected.1 is Rejection)
        #expect(opened.total == 1)
    }

    @Test func streamIsReopenedBeforeItsFirstElement() async throws {
        let retry = Retry(maxAttempts: 3, backoff: .none)
        let (elements, error) = await collect(
            retry.stream {
                source(opened.total < 2 ? [] : [7], error: opened.total < 2 ? TestError("no") : nil)
            })
        #expect(elements == [7])
        #expect(error == nil)
        #expect(opened.total == 3)
    }

    @Test func hedgeDeliversTheElementsOfOneRequest() async throws {
        let hedge = Hedge(after: .zero, maxHedges: 3)
        for _ in 0..<100 {
            let (elements, error) = await collect(hedge.stream { source([1, 2, 3]) })
            #expect(elements == [1, 2, 3])
            #expect(error == nil)
        }
    }

    @Test func stoppingTheIterationEndsTheCall() async throws {
        let monitored = Monitored(Retry(maxAttempts: 1))
        let time = clock.time
        let endless = monitored.stream {
            AsyncThrowingStream<Int, any Error> {
                try await time.sleep(for: .seconds(1))
                return 1
            }
        }
        do {
            var iterator: StrategyStream<Int>.AsyncIterator? = endless.makeAsyncIterator()
            await clock.sleepers()
            _ = iterator
            iterator = nil
        }
        await until { monitored.metrics.cancelled == 1 }
        let task = Task { await collect(endless).1 }
        await clock.sleepers()
        task.cancel()
        #expect(await task.value is CancellationError)
    }

    /// A stream that is not read does not fill the memory.
    @Test func sourceWaitsForTheReader() async throws {
        let read = Gauge()
        let retry = Retry(maxAttempts: 1)
        let stream = retry.stream {
            AsyncStream<Int> {
                read.enter()
                return read.total
            }
        }
        var iterator = stream.makeAsyncIterator()
        for expected in 1...100 {
            #expect(try await iterator.next() == expected)
            #expect(read.total <= expected + 1)
        }
    }
}
