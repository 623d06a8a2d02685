import Benchmark

/// What a call pays for its strategies, and what a line costs. `make bench` runs it and makes one
/// table of the results.
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
