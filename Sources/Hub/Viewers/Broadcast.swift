import Fleet
import ResilienceWire

/// The stream on its way to viewers: the lines since the last flush, the backlog, and the keyframe
/// that several viewers share.
struct Broadcast {
    /// Lines that are published but not yet in ``backlog``.
    var pending = PendingLines()
    /// Whether a flush follows the present turn of the event loop.
    private(set) var isFlushPlanned = false
    private(set) var backlog = BroadcastBuffer()
    /// The last keyframe that several viewers may share.
    private var shared: SharedKeyframe?
    /// The viewers that take a keyframe part by part.
    var turns = KeyframeTurns()

    /// Plans a flush.
    ///
    /// - Returns: whether none was planned yet.
    mutating func planFlush() -> Bool {
        defer { isFlushPlanned = true }
        return !isFlushPlanned
    }

    /// Starts a flush: closed sums become lines.
    ///
    /// - Returns: whether closed sums are left for another flush.
    mutating func beginFlush() -> Bool {
        isFlushPlanned = false
        return pending.passSums()
    }

    /// Moves the pending lines to the backlog.
    ///
    /// - Returns: whether there were any.
    mutating func moveToBacklog() -> Bool {
        guard let piece = pending.take() else { return false }
        backlog.append(piece)
        return true
    }

    /// Removes the pieces that neither a viewer nor the shared keyframe needs, and the oldest
    /// pieces above the backlog's limit.
    ///
    /// - Parameter first: the number of the first piece that a viewer needs; `nil` if none does.
    mutating func trim(needed first: Int?) {
        backlog.trim(needed: [first, shared?.then].compactMap(\.self).min())
    }

    /// The keyframe for a viewer. Usually made now. If many keyframes are in use, it may be a
    /// shared one up to a second old whose following pieces are still in the backlog.
    ///
    /// - Parameters:
    ///   - viewer: the viewer; a shared keyframe has the whole history and all figures.
    ///   - held: the number of fleet snapshots that keyframes in progress keep in memory.
    ///   - now: the time in CLOCK_MONOTONIC milliseconds.
    ///   - make: makes the keyframe of the present state.
    mutating func keyframe(
        for viewer: ViewerSession?, held: @autoclosure () -> Int, now: Double,
        _ make: () -> Keyframe
    ) -> SharedKeyframe {
        let isShared = viewer?.historyMS == nil && viewer?.detail != MetricsDetail.off
        let keyframe: SharedKeyframe
        if isShared, let shared, now - shared.madeAt < SharedKeyframe.ageMS,
            shared.then >= backlog.start,
            shared.then == backlog.end || held() >= SharedKeyframe.heldLimit
        {
            keyframe = shared
        } else {
            keyframe = SharedKeyframe(keyframe: make(), then: backlog.end, madeAt: now)
            if isShared { shared = keyframe }
        }
        backlog.expect(keyframeLines: keyframe.keyframe.lineCount)
        return keyframe
    }

    /// Drops the shared keyframe, to free its fleet snapshot.
    mutating func forgetKeyframe() { shared = nil }

    /// Drops the shared keyframe if it is too old to be used.
    mutating func forgetOldKeyframe(now: Double) {
        if let shared, now - shared.madeAt >= SharedKeyframe.ageMS { forgetKeyframe() }
    }

    /// Drops the shared keyframe if its state is earlier than a piece of the backlog.
    mutating func forgetKeyframe(before piece: Int) {
        if let shared, shared.then < piece { forgetKeyframe() }
    }
}
