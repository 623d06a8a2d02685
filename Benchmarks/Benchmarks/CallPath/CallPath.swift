import Benchmark
import Resilience
import ResilienceWire

/// What a call pays for its strategies, and what the hub pays for a line.
///
/// Each iteration is a thousand of the thing that is named, so nanoseconds read as picoseconds do
/// not drown in the clock; divide by `scalingFactor`.
let benchmarks = { @Sendable in
    let configuration = Benchmark.Configuration(
        metrics: [.wallClock, .throughput], scalingFactor: .kilo, maxDuration: .seconds(2))

    Benchmark("clock: two readings", configuration: configuration) { benchmark in
        let time = TimeSource.monotonic
        for _ in benchmark.scaledIterations {
            blackHole(time.now)
            blackHole(time.now)
        }
    }

    Benchmark("breaker, closed, blocking", configuration: configuration) { benchmark in
        let breaker = CircuitBreaker()
        for _ in benchmark.scaledIterations {
            blackHole(try breaker.callBlocking { 1 })
        }
    }

    Benchmark("breaker, closed, blocking, monitored", configuration: configuration) { benchmark in
        let breaker = Monitored(CircuitBreaker())
        for _ in benchmark.scaledIterations {
            blackHole(try breaker.callBlocking { 1 })
        }
    }

    Benchmark("breaker, open, rejection", configuration: configuration) { benchmark in
        let breaker = CircuitBreaker()
        breaker.forceOpen()
        for _ in benchmark.scaledIterations {
            do { blackHole(try breaker.callBlocking { 1 }) } catch { blackHole(error) }
        }
    }

    Benchmark("retry + breaker + monitored, async", configuration: configuration) { benchmark in
        let pipeline = Monitored {
            Retry()
            CircuitBreaker()
        }
        for _ in benchmark.scaledIterations {
            blackHole(try await pipeline.call { 1 })
        }
    }

    let call = Array(
        #"{"t":"call","s":"pay/stripe","end":"ok","attempts":2,"us":128400,"errors":["TimeoutError"]}"#
            .utf8)
    Benchmark("wire: decode a call line", configuration: configuration) { benchmark in
        for _ in benchmark.scaledIterations {
            blackHole(try Line(decoding: call.span))
        }
    }
}
