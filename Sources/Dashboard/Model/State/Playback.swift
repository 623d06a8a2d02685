/// The progress of a replay.
public struct Playback: Equatable, Sendable {
    /// The state of the recording at its end.
    enum End: Equatable, Sendable {
        case whole
        case damaged(String)
    }

    var isPaused = false
    var speed = 1.0
    var end: End?

    /// The slowest and the fastest finite speed. One step faster is infinity: as fast as possible.
    public static let speeds = 0.25...64.0

    /// Multiplies the speed by a factor, within ``speeds`` and infinity. Returns whether it changed.
    mutating func changeSpeed(by factor: Double) -> Bool {
        let limits = Self.speeds
        // Infinity counts as one step above the greatest finite speed.
        let wanted = min(speed, 2 * limits.upperBound) * factor
        let changed = wanted > limits.upperBound ? .infinity : max(limits.lowerBound, wanted)
        defer { speed = changed }
        return changed != speed
    }

    /// Leaves the end of the recording, because the replay goes to another time. From the end, or
    /// at infinite speed, it pauses there.
    ///
    /// - Returns: whether it pauses now.
    mutating func leaveEnd() -> Bool {
        let stops = end != nil || speed == .infinity
        end = nil
        guard stops, !isPaused else { return false }
        isPaused = true
        return true
    }
}
