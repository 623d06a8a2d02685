/// The turns in which viewers take parts of their keyframes. The hub pauses after each part, so
/// that keyframes take at most half of its time, however many viewers want one.
struct KeyframeTurns {
    /// The viewers that wait to continue, in order.
    private var waiting: [Int] = []
    /// Whether the hub makes no part for the moment, to leave time for other work.
    private(set) var isPaused = false

    /// Adds a viewer that waits for its turn.
    mutating func wait(_ viewer: Int) { waiting.append(viewer) }

    /// Starts a pause, because a part was made.
    mutating func pause() { isPaused = true }

    /// Ends the pause.
    mutating func resume() { isPaused = false }

    /// Removes and returns the viewer whose turn it is. `nil` during a pause, or if none waits.
    mutating func next() -> Int? {
        guard !isPaused, !waiting.isEmpty else { return nil }
        return waiting.removeFirst()
    }
}
