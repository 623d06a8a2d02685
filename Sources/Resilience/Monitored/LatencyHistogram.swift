/// Durations in buckets that each grow by a factor of 2^(1/16): an OpenTelemetry exponential
/// histogram of scale 4 over microseconds. The error is at most 4.4 %; histograms can be merged.
public struct LatencyHistogram: Equatable, Sendable {
    /// The number of buckets; the last one contains all longer durations.
    public static let bucketCount = 576

    /// The number of durations in each bucket; empty until the first one.
    public private(set) var counts: [Int] = []

    /// Creates an empty histogram.
    public init() {}

    /// Returns the bucket `ceil(16 log2(us)) - 1`, which contains durations in `(2^(i/16),
    /// 2^((i+1)/16)]` us.
    public static func bucket(for duration: Duration) -> Int {
        bucket(forNanoseconds: duration.nanoseconds)
    }

    /// The same in integers: counts the bounds within the octave that the duration exceeds.
    static func bucket(forNanoseconds nanoseconds: Int64) -> Int {
        guard nanoseconds > 1_000 else { return 0 }
        let zeros = nanoseconds.leadingZeroBitCount
        // The duration scaled to 1 up to 2, where 2^63 represents 1, and the 32nd of the octave
        // that contains it.
        let mantissa = UInt64(nanoseconds) << UInt64(zeros)
        let below = Int(boundsBelow[Int(mantissa >> 58) & 31])
        let within = mantissa > bounds[below] ? below + 1 : below
        // 1,000 ns is the sixteenth bound of the octave that begins at 2^9 ns.
        return min((54 - zeros) * 16 + within - 16, bucketCount - 1)
    }

    /// Adds a duration.
    public mutating func add(_ duration: Duration) {
        add(1, bucket: Self.bucket(for: duration))
    }

    mutating func add(_ count: Int, bucket: Int) {
        if counts.isEmpty { counts = Array(repeating: 0, count: Self.bucketCount) }
        counts[bucket] += count
    }

    /// The buckets that are not empty, in ascending order.
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

/// The bounds of the buckets within an octave of nanoseconds, `1000/1024 * 2^(k/16)` for k from 1
/// to 16, scaled so that 2^63 represents 1, rounded down. The last one exceeds all durations.
private let bounds: InlineArray<17, UInt64> = [
    0x8288_C2D3_5D7E_C832, 0x8850_3F58_930C_8FDD, 0x8E59_3C7E_F50F_58A2,
    0x94A6_A0AF_A466_5576, 0x9B3B_7332_4E37_4B43, 0xA21A_DDA1_B729_5194,
    0xA948_2D70_C511_8305, 0xB0C6_D580_C203_2E29, 0xB89A_6FC9_9BFB_ED76,
    0xC0C6_BF14_ED08_B1BC, 0xC94F_B0CC_A0C7_65DE, 0xD239_5EDE_1595_BA72,
    0xDB88_11B2_A195_63CA, 0xE540_423E_6DF5_5FD7, 0xEF66_9C26_A5AB_A363,
    0xFA00_0000_0000_0000, 0xFFFF_FFFF_FFFF_FFFF,
]

/// The number of bounds below each 32nd of an octave. Each 32nd contains at most one bound.
private let boundsBelow: InlineArray<32, UInt8> = [
    0, 1, 1, 2, 3, 3, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9,
    9, 10, 10, 11, 11, 12, 12, 13, 13, 13, 14, 14, 15, 15, 15, 16,
]
