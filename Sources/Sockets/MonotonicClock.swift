import Glibc

/// The host's wall clock.
public enum WallClock {
    /// Unix milliseconds.
    public static var milliseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// The host's `CLOCK_MONOTONIC`. The expiry of commands is measured on it.
public enum MonotonicClock {
    /// Milliseconds since the host's start.
    public static var milliseconds: Int64 { microseconds / 1_000 }

    /// Microseconds since the host's start.
    public static var microseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
