import Benchmark
import Resilience
import Rows

func measurePipelines() {
    let monitored = Monitored {
        Retry()
        CircuitBreaker()
    }
    measure(.pipeline) { calls async throws in
        for _ in 0..<calls { blackHole(try await monitored.call { 1 }) }
    }

    let plain = Pipeline {
        Retry()
        CircuitBreaker()
    }
    measure(.pipelinePlain) { calls async throws in
        for _ in 0..<calls { blackHole(try await plain.call { 1 }) }
    }
}
