import Fleet
import ResilienceWire

/// A heatmap of call latencies over five minutes, with columns of time and bands of latency.
struct Heatmap: Equatable, Sendable {
    /// The calls of one band of latencies.
    struct Band: Equatable, Sendable {
        /// The upper bound of the band in microseconds.
        let upperBound: Double
        /// The number of calls that ended in each column, oldest first.
        var counts: [Int]
    }

    /// The bands from the slowest to the fastest call; empty without calls.
    let bands: [Band]
    /// The largest number of calls in a cell.
    let most: Int

    /// The maximum number of bands.
    static let bandLimit = 6

    /// - Parameter columns: the number of columns, a divisor of 60.
    init(_ members: [StrategyInstance], columns: Int, at now: Int64) {
        let slots = Window.slotCount / columns
        var cells: [Int: [Int]] = [:]
        for member in members {
            let series = member.strategy.window.series(slots * columns, at: now)
            for (index, counters) in series.enumerated() {
                for entry in counters?.latency ?? [] {
                    let bucket = min(max(0, entry.bucket), LatencyBucket.count - 1)
                    var counts = cells[bucket] ?? [Int](repeating: 0, count: columns)
                    counts[index / slots] = bounded(counts[index / slots], entry.count)
                    cells[bucket] = counts
                }
            }
        }
        let step = Self.step(from: cells.keys.min() ?? 0, to: cells.keys.max() ?? 0)
        var bands: [Int: Band] = [:]
        for (bucket, counts) in cells {
            let index = bucket / step
            let end = min((index + 1) * step, LatencyBucket.count) - 1
            var band =
                bands[index]
                ?? Band(
                    upperBound: LatencyBucket.upperBound(end),
                    counts: [Int](repeating: 0, count: columns))
            for column in counts.indices {
                band.counts[column] = bounded(band.counts[column], counts[column])
            }
            bands[index] = band
        }
        let first = bands.keys.min() ?? 0
        let last = bands.keys.max() ?? -1
        // Keep empty bands between others, so that distances on the screen are to scale.
        self.bands = stride(from: last, through: first, by: -1).map { index in
            bands[index]
                ?? Band(
                    upperBound: LatencyBucket.upperBound((index + 1) * step - 1),
                    counts: [Int](repeating: 0, count: columns))
        }
        most = self.bands.flatMap(\.counts).max() ?? 0
    }

    /// The number of buckets in a band: a quarter of an octave, or more if the bands would not fit.
    private static func step(from first: Int, to last: Int) -> Int {
        var step = 4
        while last / step - first / step >= bandLimit { step *= 2 }
        return step
    }
}
