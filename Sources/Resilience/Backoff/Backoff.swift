/// The delay before each retry: exponential, capped, with jitter.
///
/// `v = min(maximum, initial * multiplier^n)` for retry `n` from 0; jitter is then applied to `v`.
/// From the AWS Architecture Blog, "Exponential Backoff and Jitter" (Marc Brooker, 2015).
public struct Backoff: Equatable, Sendable {
    /// Randomises the delays, so that clients that failed at the same time do not retry at the same
    /// time.
    public enum Jitter: Hashable, Sendable {
        /// `v`
        case none
        /// `U(0, v)`
        case full
        /// `v/2 + U(0, v/2)`
        case equal
        /// `min(maximum, U(initial, 3 * previous))`
        case decorrelated
        /// `v * U(1 - factor, 1 + factor)`, at most `maximum`; the factor is 0 to 1.
        case around(factor: Double)
    }

    /// The longest delay that a policy can have.
    public static let longest = Duration.seconds(365 * 86_400)

    /// The delay before the first retry, before jitter; 0 to 365 days.
    public let initial: Duration
    /// The longest delay; `initial` to 365 days.
    public let maximum: Duration
    /// The factor from one delay to the next; 1 to 1,000.
    public let multiplier: Double
    /// The randomisation of the delays.
    public let jitter: Jitter

    /// 1 s, doubling up to 60 s, with full jitter.
    public static let standard = literal(try Backoff())

    /// For a client that reconnects to a server: 100 ms, doubling up to 2 s, with half of each delay
    /// random. Clients find a restarted server within 2 s, but not all at the same moment.
    public static let reconnecting = literal(
        try Backoff(initial: .milliseconds(100), maximum: .seconds(2), jitter: .equal))

    /// No delay at all.
    public static let none = literal(
        try Backoff(initial: .zero, maximum: .zero, multiplier: 1, jitter: .none))

    /// Creates a backoff.
    ///
    /// - Throws: ``PolicyError`` if a value is outside its bounds.
    public init(
        initial: Duration = .seconds(1), maximum: Duration = .seconds(60),
        multiplier: Double = 2, jitter: Jitter = .full
    ) throws(PolicyError) {
        try PolicyError.require(
            initial >= .zero && initial <= Self.longest, "Backoff.initial", "0 s to 365 days",
            got: initial)
        try PolicyError.require(
            maximum >= initial && maximum <= Self.longest, "Backoff.maximum",
            "at least initial and at most 365 days", got: maximum)
        try PolicyError.require(
            multiplier >= 1 && multiplier <= 1_000, "Backoff.multiplier", "1 to 1000",
            got: multiplier)
        if case .around(let factor) = jitter {
            try PolicyError.require(
                factor >= 0 && factor <= 1, "Backoff.jitter", "around a factor of 0 to 1",
                got: factor)
        }
        self.initial = initial
        self.maximum = maximum
        self.multiplier = multiplier
        self.jitter = jitter
    }

    /// Returns the delay before a retry.
    ///
    /// - Parameters:
    ///   - retry: the number of the retry, from 0.
    ///   - previous: the previous delay, for decorrelated jitter; `nil` before the first retry.
    public func delay(
        beforeRetry retry: Int, previous: Duration? = nil, random: RandomSource = .system
    ) -> Duration {
        // Computed in floating-point seconds: a power that overflows is infinite, and min() caps
        // it.
        let cap = maximum.seconds
        let base = initial.seconds
        // 0 * infinity is not a number; an initial delay of zero stays zero.
        let exponential = base == 0 ? 0 : min(cap, base * power(multiplier, max(0, retry)))
        let seconds =
            switch jitter {
            case .none: exponential
            case .full: random.uniform(0, exponential)
            case .equal: exponential / 2 + random.uniform(0, exponential / 2)
            case .decorrelated:
                min(cap, random.uniform(base, 3 * max(base, (previous ?? initial).seconds)))
            case .around(let factor):
                min(cap, exponential * random.uniform(1 - factor, 1 + factor))
            }
        return min(maximum, .seconds(seconds))
    }
}

/// Returns `base^exponent` by squaring; infinite on overflow.
func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    var factor = base
    var rest = exponent
    while rest > 0 {
        if rest & 1 == 1 { result *= factor }
        factor *= factor
        rest >>= 1
    }
    return result
}
