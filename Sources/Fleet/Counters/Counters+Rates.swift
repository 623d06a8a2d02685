public import ResilienceWire

extension Counters {
    /// Calls that ended ok or failed.
    public var ran: Int { ok + failed }

    /// All requested calls: ok, failed and rejected.
    public var wanted: Int { ok + failed + rejected }

    /// ok / (ok + failed); `nil` without calls.
    public var successRate: Double? {
        ran == 0 ? nil : Double(ok) / Double(ran)
    }

    /// ok / (ok + failed + rejected); `nil` without calls. Unlike ``successRate``, it drops while a
    /// breaker rejects calls.
    public var servedRate: Double? {
        wanted == 0 ? nil : Double(ok) / Double(wanted)
    }

    /// Attempts per call that ran: how much retrying multiplies the load; `nil` without calls.
    public var amplification: Double? {
        ran == 0 ? nil : Double(attempts) / Double(ran)
    }

    /// Attempts beyond each call's first; at most 2^53 - 1.
    public var retriesSpent: Int {
        retries.reduce(0) { sum, entry in
            let spent = Double(entry.retries) * Double(entry.calls)
            return bounded(sum, Int(min(spent, Double(WireLimits.count))))
        }
    }

    /// The latency percentile for a share from 0 to 1, in microseconds; `nil` without calls. The
    /// result is the upper bound of a histogram bucket, at most 4.4 % too high.
    public func percentile(_ share: Double) -> Double? { latency.percentile(share) }

    /// The error types with their shares of all failed attempts, most frequent first.
    public var errorShares: [(type: String, count: Int, share: Double)] {
        let total = errors.reduce(0) { $0 + $1.count }
        return errors.sorted { ($1.count, $0.type) < ($0.count, $1.type) }
            .map { ($0.type, $0.count, Double($0.count) / Double(max(1, total))) }
    }

    /// The shares of calls that took 0, 1, 2, and 3 or more retries; `nil` without calls.
    public var retryShares: [Double]? {
        var calls = [0, 0, 0, 0]
        for entry in retries { calls[min(entry.retries, 3)] += entry.calls }
        let total = calls.reduce(0, +)
        return total == 0 ? nil : calls.map { Double($0) / Double(total) }
    }
}

extension [LatencyCount] {
    /// The percentile for a share from 0 to 1, in microseconds; `nil` without counts. The result is
    /// the upper bound of a bucket, at most 4.4 % too high.
    public func percentile(_ share: Double) -> Double? {
        let total = reduce(0) { $0 + $1.count }
        guard total > 0 else { return nil }
        var seen = 0
        for entry in self {
            seen += entry.count
            // Do not compare with `share * total`: rounding can put it above a whole number, as in
            // 0.07 * 100.
            if Double(seen) / Double(total) >= share {
                return LatencyBucket.upperBound(entry.bucket)
            }
        }
        return nil
    }
}
