import Fleet

/// The clock for displayed times: UTC or local time.
struct WallClock: Sendable {
    /// Whether times are shown in UTC.
    var isUTC = true
    /// The seconds that the local clock is ahead of UTC, at a Unix time in milliseconds.
    let secondsAhead: @Sendable (Int64) -> Int

    /// The time of day: `14:02:31`.
    func time(_ unixMS: Int64) -> String {
        Format.clock(isUTC ? unixMS : unixMS + Int64(secondsAhead(unixMS)) * 1_000)
    }

    /// The zone suffix: `Z`, `+02`, `-03:30`.
    func sign(_ unixMS: Int64) -> String {
        guard !isUTC else { return "Z" }
        let minutes = secondsAhead(unixMS) / 60
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let rest = abs(minutes) % 60
        return (minutes < 0 ? "-" : "+") + two(abs(minutes) / 60)
            + (rest == 0 ? "" : ":" + two(rest))
    }
}
