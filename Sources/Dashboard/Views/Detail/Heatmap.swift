import Fleet
import ResilienceWire

/// How long calls took over five minutes: columns of time, bands of latency.
struct Heatmap: Equatable, Sendable {
    /// The calls of one band of latencies.
    struct Band: Equatable, Sendable {
        /// The longest duration in it, in microseconds.
        let upperBound: Double
        /// How many ended in each column of time, oldest first.
        var counts: [Int]
    }

    /// The bands between the fastest and the slowest call, slowest first; none without calls.
    let bands: [Band]
    /// The calls of the fullest cell.
    let most: Int

    /// The most bands that there are.
    static let bandLimit = 6

    /// - Parameter columns: how many columns of time; a divisor of 60.
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
        // A band between two others shows too, so that distances on the screen mean something.
        self.bands = stride(from: last, through: first, by: -1).map { index in
            bands[index]
                ?? Band(
                    upperBound: LatencyBucket.upperBound((index + 1) * step - 1),
                    counts: [Int](repeating: 0, count: columns))
        }
        most = self.bands.flatMap(\.counts).max() ?? 0
    }

    /// How many buckets make a band: a quarter of an octave, or as much more as it takes.
    private static func step(from first: Int, to last: Int) -> Int {
        var step = 4
        while last / step - first / step >= bandLimit { step *= 2 }
        return step
    }
}
