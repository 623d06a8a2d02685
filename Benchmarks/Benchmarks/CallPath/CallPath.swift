import Benchmark

/// Measures the overhead of strategies per call, and the decoding of a line. `make bench` runs the
/// benchmarks and prints one table of the results.
let benchmarks = { @Sendable in
    do {
        measureBasics()
        try measureBreakers()
        measurePipelines()
        try measureRetries()
        try measureOthers()
        measureWire()
    } catch {
        fatalError("\(error)")
    }
}
