import Glibc

/// The hub's clock: the wall clock at the start plus the monotonic time since then. Intervals stay
/// correct when the wall clock jumps. The clock also reports such jumps.
struct HubClock {
    private let wallAtStart: Int64
    private let monotonicAtStart: Double
    private var offset: Int64 = 0

    init() {
        wallAtStart = Self.wall
        monotonicAtStart = Self.monotonicMS
    }

    /// When the hub started, in Unix milliseconds.
    var start: Int64 { wallAtStart }

    /// The current time in Unix milliseconds.
    var at: Int64 {
        wallAtStart + Int64(Self.monotonicMS - monotonicAtStart)
    }

    /// How far the wall clock has jumped since the last call, in milliseconds. `nil` if less than 1
    /// s.
    mutating func jump() -> Int64? {
        let now = Self.wall - at
        guard abs(now - offset) >= 1_000 else { return nil }
        defer { offset = now }
        return now - offset
    }

    /// `CLOCK_MONOTONIC` in milliseconds.
    static var monotonicMS: Double { milliseconds(CLOCK_MONOTONIC) }

    private static var wall: Int64 { Int64(milliseconds(CLOCK_REALTIME)) }

    private static func milliseconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) * 1_000 + Double(time.tv_nsec) / 1_000_000
    }
}
