import ResilienceWire

/// The bounds of the duration histogram. Each is a power of two in microseconds, which is the exact
/// end of a bucket of the agents. So every call is counted in the correct bucket.
enum LatencyBounds {
    /// An upper bound of the histogram.
    struct Bound: Sendable {
        /// The bound in seconds as a decimal label. It is exact.
        let label: String
        /// The number of ``LatencyBucket`` buckets below the bound.
        let buckets: Int

        /// Creates the bound of `2^exponent` microseconds.
        init(exponent: Int) {
            let microseconds = 1 << exponent
            var digits = String(1_000_000 + microseconds % 1_000_000).dropFirst()
            while digits.last == "0" { digits.removeLast() }
            label = "\(microseconds / 1_000_000).\(digits)"
            buckets = 16 * exponent
        }
    }

    /// The bounds from 256 us to 268 s. Each is twice the previous one from 4 ms to 17 s, where
    /// most calls are, and four times elsewhere.
    static let all = ([8, 10] + Array(12...24) + [26, 28]).map(Bound.init)

    /// The middle of a bucket in seconds, for the estimated sum. A bucket's limits are 4.4 % apart.
    static func middle(_ bucket: Int) -> Double {
        let lower = bucket == 0 ? 0 : LatencyBucket.upperBound(bucket - 1)
        return (lower + LatencyBucket.upperBound(bucket)) / 2_000_000
    }
}
