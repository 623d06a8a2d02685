import Fleet
import NIOCore
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
    private var keyframesMade = 0
    /// When the next keyframe may be made, in CLOCK_MONOTONIC milliseconds.
    private(set) var nextKeyframe = 0.0
    /// Whether the viewers that need a keyframe continue at ``nextKeyframe``.
    var isKeyframePlanned = false
    /// The viewers that take a keyframe part by part.
    var turns = KeyframeTurns()

    /// Whether closed sums wait, to leave time for other lines.
    private var isPaused = false

    /// The size of a part of the closed sums, and the usual size of one sum, in bytes.
    private static let sumsBytes = 32 * 1_024
    private static let sumBytes: Int64 = 256
    /// The time over which the parts are spread, in microseconds.
    private static let sumsUS: Int64 = 500_000
    private static let shortestPauseUS: Int64 = 100
    private static let longestPauseUS: Int64 = 2_000

    /// Plans a flush.
    ///
    /// - Returns: whether none was planned yet.
    mutating func planFlush() -> Bool {
        defer { isFlushPlanned = true }
        return !isFlushPlanned
    }

    /// Starts a flush: a part of the closed sums becomes lines. The parts are spread over most of a
    /// second, so that no event waits behind the sums of a whole fleet.
    ///
    /// - Returns: the microseconds after which to call ``resumeSums()`` and to flush again; `nil` if
    ///   no part is left, or if this is planned already.
    mutating func beginFlush() -> Int64? {
        isFlushPlanned = false
        guard !isPaused, pending.sums.hasClosed else { return nil }
        pending.passSums(limit: Self.sumsBytes)
        guard pending.sums.hasClosed else { return nil }
        isPaused = true
        guard !pending.sums.isBehind else { return Self.shortestPauseUS }
        let parts = 1 + Int64(pending.sums.count) * Self.sumBytes / Int64(Self.sumsBytes)
        return max(Self.shortestPauseUS, min(Self.longestPauseUS, Self.sumsUS / parts))
    }

    /// Ends the pause between two parts of the closed sums.
    mutating func resumeSums() { isPaused = false }

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

    /// The keyframe for a viewer: one that was made after the viewer asked, or a new one. If many
    /// keyframes are in use, it may be one of the last second whose following pieces are still in
    /// the backlog.
    ///
    /// - Parameters:
    ///   - request: what the viewer needs; viewers with the same history share keyframes.
    ///   - held: the number of fleet snapshots that keyframes in progress keep in memory.
    ///   - now: the time in CLOCK_MONOTONIC milliseconds.
    ///   - make: makes the keyframe of the present state.
    /// - Returns: `nil` if the viewer has to wait until ``nextKeyframe``.
    mutating func keyframe(
        for request: KeyframeRequest, held: @autoclosure () -> Int, now: Double,
        _ make: () -> Keyframe
    ) -> SharedKeyframe? {
        if let shared, isUsable(shared, for: request, now: now, held: held()) { return shared }
        // Viewers that wait come first.
        guard now >= nextKeyframe, !isKeyframePlanned else { return nil }
        keyframesMade += 1
        let keyframe = SharedKeyframe(
            number: keyframesMade, keyframe: make(), historyMS: request.historyMS,
            hasHistory: request.hasHistory, then: backlog.end,
            batch: pending.closeSums(), madeAt: now)
        let costMS = Double(keyframe.keyframe.strategyCount) * SharedKeyframe.strategyMS
        nextKeyframe = now + min(SharedKeyframe.ageMS, costMS)
        shared = keyframe
        return keyframe
    }

    private func isUsable(
        _ shared: SharedKeyframe, for request: KeyframeRequest, now: Double,
        held: @autoclosure () -> Int
    ) -> Bool {
        guard shared.historyMS == request.historyMS, shared.hasHistory == request.hasHistory,
            now - shared.madeAt < SharedKeyframe.ageMS,
            shared.then >= backlog.start
        else { return false }
        if shared.madeAt >= request.askedAt { return true }
        // A viewer without figures may read nothing after its keyframe.
        return request.hasFigures
            && (shared.then == backlog.end || held() >= SharedKeyframe.heldLimit)
    }

    /// Keeps the first part of a keyframe, for other viewers with the same one.
    ///
    /// - Parameter rest: the keyframe after the part.
    mutating func keep(_ first: ByteBuffer, of number: Int, rest: Keyframe) {
        guard shared?.number == number else { return }
        shared?.first = first
        shared?.keyframe = rest
    }

    /// The keyframe with a number, if its first part is kept.
    func begun(_ number: Int) -> (first: ByteBuffer, rest: Keyframe)? {
        guard let shared, shared.number == number, let first = shared.first else { return nil }
        return (first, shared.keyframe)
    }

    /// Makes the backlog hold the data that is published while a viewer takes a keyframe.
    mutating func expect(_ keyframe: Keyframe) {
        backlog.expect(keyframeLines: keyframe.lineCount + keyframe.historySlots)
    }

    /// Lets the backlog shrink again: no viewer takes a keyframe.
    mutating func relax() { backlog.relax() }

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
