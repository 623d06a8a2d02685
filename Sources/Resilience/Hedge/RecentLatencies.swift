/// The latencies of the last calls, for percentiles.
struct RecentLatencies: Sendable {
    static let capacity = 100

    private var ring: [Duration] = []
    private var next = 0
    /// The same latencies in ascending order: a percentile is then a single lookup.
    private var sorted: [Duration] = []

    var count: Int { ring.count }

    mutating func add(_ latency: Duration) {
        if ring.count < Self.capacity {
            ring.append(latency)
        } else {
            sorted.remove(at: position(of: ring[next]))
            ring[next] = latency
            next = (next + 1) % Self.capacity
        }
        sorted.insert(latency, at: position(of: latency))
    }

    /// Returns the latency that a share of the calls did not exceed (nearest rank); `nil` without
    /// calls.
    func percentile(_ share: Double) -> Duration? {
        guard !sorted.isEmpty else { return nil }
        // The product of a share and a count may be slightly above a whole number: 0.07 * 100.
        let isEnough = { (rank: Int) in Double(rank) / Double(sorted.count) >= share }
        let rank = Int(share * Double(sorted.count))
        return sorted[min(max(isEnough(rank) ? rank : rank + 1, 1), sorted.count) - 1]
    }

    /// Returns the position of a latency in `sorted`.
    private func position(of latency: Duration) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < latency { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
