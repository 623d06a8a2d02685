import Synchronization

/// The source of randomness for jitter: the system's generator, or a seeded and repeatable one.
public struct RandomSource: Sendable {
    private let next: @Sendable () -> UInt64

    /// The system's generator.
    public static let system = RandomSource {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }

    /// Creates a source that gets 64 random bits at a time from `next`.
    public init(_ next: @escaping @Sendable () -> UInt64) {
        self.next = next
    }

    /// Creates a source that repeats the same numbers for the same seed (SplitMix64, Steele et al.
    /// 2014).
    public static func seeded(_ seed: UInt64) -> RandomSource {
        let state = SeededState(seed)
        return RandomSource { state.next() }
    }

    /// Returns a number of `U(low, high)`; `low` if `high` is not greater.
    public func uniform(_ low: Double, _ high: Double) -> Double {
        guard high > low else { return low }
        let unit = Double(next() >> 11) * 0x1p-53
        return min(low + unit * (high - low), high)
    }
}

private final class SeededState: Sendable {
    private let state: Mutex<UInt64>

    init(_ seed: UInt64) {
        state = Mutex(seed)
    }

    func next() -> UInt64 {
        state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}
