import NIOCore

/// The timer of the hub's periodic work, and when that work was last done.
struct HubTimer {
    /// The task that runs the periodic work; `nil` before the start.
    var task: RepeatedTask?
    var stopNotice: StopNotice
    /// When the last beat was sent, in CLOCK_MONOTONIC milliseconds.
    private var beatAt: Double
    /// When the files were last tended, in CLOCK_MONOTONIC milliseconds; `nil` before the first time.
    private var tendedAt: Double?
    /// The time between two looks at the age of files, in milliseconds.
    private static let tendMS = 3_600_000.0

    /// - Parameter now: the time in CLOCK_MONOTONIC milliseconds.
    init(at now: Double) {
        stopNotice = StopNotice(at: now)
        beatAt = now
    }

    /// Whether a look at the age of files is due: soon after the start, and then every hour. Records
    /// it if it is.
    mutating func isTendingDue(at now: Double) -> Bool {
        if let tendedAt, now - tendedAt < Self.tendMS { return false }
        tendedAt = now
        return true
    }

    /// Whether a beat to viewers is due. Records it if it is.
    mutating func isBeatDue(at now: Double) -> Bool {
        // The timer may be a little early.
        guard now - beatAt >= Double(Hub.beatMS) - 50 else { return false }
        beatAt = now
        return true
    }
}
