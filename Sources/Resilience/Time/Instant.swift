/// A point in monotonic time, in nanoseconds since an arbitrary start. Never wall-clock time.
public struct Instant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the time source's start.
    public var nanoseconds: Int64

    /// Creates a point in monotonic time.
    @inlinable
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// Whether `a` is earlier than `b`.
    @inlinable
    public static func < (a: Instant, b: Instant) -> Bool {
        a.nanoseconds < b.nanoseconds
    }

    /// Returns the instant `duration` later; the latest possible instant on overflow.
    public static func + (instant: Instant, duration: Duration) -> Instant {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(duration.nanoseconds)
        return Instant(nanoseconds: overflow ? .max : sum)
    }

    /// Returns the time from `earlier` to `later`; negative if `later` is the earlier one.
    @inlinable
    public static func - (later: Instant, earlier: Instant) -> Duration {
        .nanoseconds(later.nanoseconds &- earlier.nanoseconds)
    }
}

extension Duration {
    /// Whole nanoseconds, clamped to the range of an `Int64` (292 years).
    public var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let limit: Int64 = seconds < 0 ? .min : .max
        if overflow { return limit }
        let (sum, carry) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carry ? limit : sum
    }

    /// Whole milliseconds, rounded down to zero.
    public var milliseconds: Int64 {
        nanoseconds / 1_000_000
    }

    /// The duration in seconds.
    public var seconds: Double {
        self / .seconds(1)
    }
}
