import Allocations
import Benchmark
import Rows

private let allocations = BenchmarkMetric.custom("allocations", useScalingFactor: false)

private func configuration(_ row: Row) -> Benchmark.Configuration {
    Benchmark.Configuration(
        // The exporter requires the throughput.
        metrics: [.wallClock, .throughput, allocations], warmupIterations: 20,
        maxDuration: .seconds(1), maxIterations: 100_000)
}

/// Measures a row. `body` is one iteration and makes the given number of calls.
func measure(_ row: Row, _ body: @escaping @Sendable (_ calls: Int) throws -> Void) {
    Benchmark(row.rawValue, configuration: configuration(row)) { benchmark in
        let before = allocations_so_far()
        benchmark.startMeasurement()
        try body(row.calls)
        benchmark.stopMeasurement()
        benchmark.measurement(allocations, Int(allocations_so_far() - before))
    }
}

/// Measures a row of async calls.
func measure(_ row: Row, _ body: @escaping @Sendable (_ calls: Int) async throws -> Void) {
    Benchmark(row.rawValue, configuration: configuration(row)) { benchmark in
        let before = allocations_so_far()
        benchmark.startMeasurement()
        try await body(row.calls)
        benchmark.stopMeasurement()
        benchmark.measurement(allocations, Int(allocations_so_far() - before))
    }
}

/// The error that the measured calls throw.
struct Down: Error {}
