import Allocations
import Benchmark
import Rows

private let allocations = BenchmarkMetric.custom("allocations", useScalingFactor: false)

private func configuration(_ row: Row) -> Benchmark.Configuration {
    Benchmark.Configuration(
        // The exporter asks for the throughput.
        metrics: [.wallClock, .throughput, allocations], warmupIterations: 20,
        maxDuration: .seconds(1), maxIterations: 100_000)
}

/// Measures a row: `body` makes as many calls as it is told to, one iteration's worth.
func measure(_ row: Row, _ body: @escaping @Sendable (_ calls: Int) throws -> Void) {
    Benchmark(row.rawValue, configuration: configuration(row)) { benchmark in
        let before = allocations_so_far()
        benchmark.startMeasurement()
        try body(row.calls)
        benchmark.stopMeasurement()
        benchmark.measurement(allocations, Int(allocations_so_far() - before))
    }
}

/// The same for calls that suspend.
func measure(_ row: Row, _ body: @escaping @Sendable (_ calls: Int) async throws -> Void) {
    Benchmark(row.rawValue, configuration: configuration(row)) { benchmark in
        let before = allocations_so_far()
        benchmark.startMeasurement()
        try await body(row.calls)
        benchmark.stopMeasurement()
        benchmark.measurement(allocations, Int(allocations_so_far() - before))
    }
}

/// What the measured calls throw.
struct Down: Error {}
