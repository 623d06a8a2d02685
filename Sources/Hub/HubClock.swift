import Glibc

/// The hub's time: its wall clock at the start plus monotonic time since, so that intervals stay
/// true when the wall clock jumps; and how far the wall clock has jumped since.
struct HubClock {
    private let wallAtStart: Int64
    private let monotonicAtStart: Double
    private var offset: Int64 = 0

    init() {
        wallAtStart = Self.wall
        monotonicAtStart = Self.monotonicMS
    }

    /// Unix milliseconds at which the hub started.
    var start: Int64 { wallAtStart }

    /// Unix milliseconds.
    var at: Int64 {
        wallAtStart + Int64(Self.monotonicMS - monotonicAtStart)
    }

    /// Milliseconds by which the wall clock jumped since the last look; `nil` where less than 1 s.
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
