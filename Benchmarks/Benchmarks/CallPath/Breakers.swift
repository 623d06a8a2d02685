import Benchmark
import Resilience
import Rows

func measureBreakers() throws {
    let closed = CircuitBreaker()
    measure(.breaker) { calls in
        for _ in 0..<calls { blackHole(try closed.callBlocking { 1 }) }
    }
    measure(.breakerAsync) { calls async throws in
        for _ in 0..<calls { blackHole(try await closed.call { 1 }) }
    }

    let monitored = Monitored(CircuitBreaker())
    measure(.breakerMonitored) { calls in
        for _ in 0..<calls { blackHole(try monitored.callBlocking { 1 }) }
    }

    let counting = CircuitBreaker(try CircuitBreakerPolicy(trip: .rate(.resilience4j)))
    measure(.breakerCounts) { calls in
        for _ in 0..<calls { blackHole(try counting.callBlocking { 1 }) }
    }
    let timing = CircuitBreaker(try CircuitBreakerPolicy(trip: .rate(.hystrix)))
    measure(.breakerTimes) { calls in
        for _ in 0..<calls { blackHole(try timing.callBlocking { 1 }) }
    }

    measureRejections()

    let shared = CircuitBreaker()
    measure(.twoThreads) { calls async throws in
        try await withThrowingTaskGroup { group in
            for _ in 0..<2 {
                group.addTask { try callOften(shared, calls) }
            }
            try await group.waitForAll()
        }
    }
}

private func measureRejections() {
    let open = CircuitBreaker()
    while open.snapshot.state == .closed { _ = try? open.callBlocking { throw Down() } }
    measure(.rejection) { calls in
        for _ in 0..<calls { reject(open) }
    }

    let forced = CircuitBreaker()
    forced.forceOpen()
    measure(.rejectionForced) { calls in
        for _ in 0..<calls { reject(forced) }
    }
    let monitored = Monitored(open)
    measure(.rejectionMonitored) { calls in
        for _ in 0..<calls { reject(monitored) }
    }
}

private func callOften(_ breaker: CircuitBreaker, _ calls: Int) throws {
    for _ in 0..<calls { blackHole(try breaker.callBlocking { 1 }) }
}

/// Makes a call that is rejected. The error has a concrete type, because catching an existential
/// allocates.
@inline(__always)
private func reject(_ strategy: some BlockingStrategy) {
    do throws(CallError<Never>) {
        blackHole(try strategy.callBlocking(throwing: Never.self) { 1 })
    } catch {
        blackHole(error)
    }
}
