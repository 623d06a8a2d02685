import NIOCore

/// The timer of the hub's periodic work, and when that work was last done.
struct HubTimer {
    /// The task that runs the periodic work; `nil` before the start.
    var task: RepeatedTask?
    var stopNotice: StopNotice
    /// When the last beat was sent, in CLOCK_MONOTONIC milliseconds.
    private var beatAt: Double

    /// - Parameter now: the time in CLOCK_MONOTONIC milliseconds.
    init(at now: Double) {
        stopNotice = StopNotice(at: now)
        beatAt = now
    }

    /// Whether a beat to viewers is due. Records it if it is.
    mutating func isBeatDue(at now: Double) -> Bool {
        // The timer may be a little early.
        guard now - beatAt >= Double(Hub.beatMS) - 50 else { return false }
        beatAt = now
        return true
    }
}
