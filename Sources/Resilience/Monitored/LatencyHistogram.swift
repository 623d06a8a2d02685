/// Durations in buckets that grow by a sixteenth of an octave: an OpenTelemetry exponential
/// histogram of scale 4 over microseconds. Its error is at most 4.4 %; histograms may be merged.
public struct LatencyHistogram: Equatable, Sendable {
    /// How many buckets there are; the last takes everything longer.
    public static let bucketCount = 576

    /// Durations in each bucket; empty until the first.
    public private(set) var counts: [Int] = []

    /// No durations yet.
    public init() {}

    /// The bucket `ceil(16 log2(us)) - 1` that holds durations in `(2^(i/16), 2^((i+1)/16)]` us.
    public static func bucket(for duration: Duration) -> Int {
        let microseconds = Double(duration.nanoseconds) / 1_000
        guard microseconds > 1 else { return 0 }
        let octave = Int(microseconds.exponent)
        let within = sixteenths.count { $0 < microseconds.significand }
        return min(octave * 16 + within - 1, bucketCount - 1)
    }

    /// Counts a duration.
    public mutating func add(_ duration: Duration) {
        if counts.isEmpty { counts = Array(repeating: 0, count: Self.bucketCount) }
        counts[Self.bucket(for: duration)] += 1
    }

    /// The buckets that hold anything, ascending.
    public var filled: [(bucket: Int, count: Int)] {
        counts.indices.compactMap { counts[$0] == 0 ? nil : (bucket: $0, count: counts[$0]) }
    }

    mutating func merge(_ other: LatencyHistogram) {
        guard !other.counts.isEmpty else { return }
        guard !counts.isEmpty else {
            counts = other.counts
            return
        }
        for (bucket, count) in other.counts.enumerated() where count > 0 {
            counts[bucket] += count
        }
    }
}

/// `2^(k/16)` for k from 0 to 15.
private let sixteenths: [Double] = [
    1.0, 1.0442737824274138, 1.0905077326652577, 1.138788634756691, 1.189207115002721,
    1.241857812073484, 1.2968395546510096, 1.3542555469368927, 1.4142135623730951,
    1.4768261459394993, 1.5422108254079407, 1.6104903319492543, 1.681792830507429,
    1.7562521603732995, 1.8340080864093424, 1.9152065613971474,
]
