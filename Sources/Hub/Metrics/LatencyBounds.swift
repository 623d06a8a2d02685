import ResilienceWire

/// The bounds of the histogram of durations: powers of two of a microsecond, each of which is the
/// exact end of one of the agents' buckets, so that no call is counted on the wrong side of one.
enum LatencyBounds {
    /// A bound.
    struct Bound: Sendable {
        /// In seconds, as its label says it: exact, since a million divides in decimal.
        let label: String
        /// How many of ``LatencyBucket``'s buckets lie below it.
        let buckets: Int

        /// `2^exponent` microseconds.
        init(exponent: Int) {
            let microseconds = 1 << exponent
            var digits = String(1_000_000 + microseconds % 1_000_000).dropFirst()
            while digits.last == "0" { digits.removeLast() }
            label = "\(microseconds / 1_000_000).\(digits)"
            buckets = 16 * exponent
        }
    }

    /// 256 us to 268 s: each twice the one before from 4 ms to 17 s, where most calls are, and four
    /// times outside of that.
    static let all = ([8, 10] + Array(12...24) + [26, 28]).map(Bound.init)

    /// The least and the greatest sum that durations in a bucket can have lie 4.4 % apart; this is
    /// in their middle, in seconds.
    static func middle(_ bucket: Int) -> Double {
        let lower = bucket == 0 ? 0 : LatencyBucket.upperBound(bucket - 1)
        return (lower + LatencyBucket.upperBound(bucket)) / 2_000_000
    }
}
