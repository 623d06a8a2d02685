import Foundation
import Rows

/// The results of the benchmarks, read from a file in JMH format.
struct Results {
    struct Measured {
        let nanoseconds: Double
        /// The fastest iteration. It is far below the median if the machine was busy.
        let best: Double
        let allocations: Double
    }

    private struct Element: Decodable {
        struct Metric: Decodable {
            let scorePercentiles: [String: Double]
        }

        let benchmark: String
        let secondaryMetrics: [String: Metric]

        func percentile(_ percentile: String, of name: String) -> Double? {
            secondaryMetrics[name]?.scorePercentiles[percentile]
        }
    }

    private let elements: [Element]

    init(_ path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        elements = try JSONDecoder().decode([Element].self, from: data)
    }

    /// A row's median per call; `nil` if the row was not measured.
    subscript(_ row: Row) -> Measured? {
        let name = "package.benchmark.CallPath." + row.rawValue.replacing(" ", with: "_")
        guard let element = elements.first(where: { $0.benchmark == name }),
            let microseconds = element.percentile("50.0", of: "Time (wall clock)"),
            let best = element.percentile("0.0", of: "Time (wall clock)"),
            let allocations = element.percentile("50.0", of: "allocations")
        else { return nil }
        let calls = Double(row.calls)
        return Measured(
            nanoseconds: microseconds * 1_000 / calls, best: best * 1_000 / calls,
            allocations: allocations / calls)
    }
}
