import Benchmark
import Resilience
import Rows

/// Measures the reference values of the other rows.
func measureBasics() {
    measure(.clock) { calls in
        let time = TimeSource.monotonic
        for _ in 0..<calls {
            blackHole(time.now)
            blackHole(time.now)
        }
    }

    measure(.await) { calls async in
        for _ in 0..<calls { blackHole(await one()) }
    }
}

@inline(never)
private func one() async -> Int { 1 }
