import Fleet

/// The time that the dashboard shows: that of the stream, a pause, or the past. Also the progress
/// of a replay. Times are Unix milliseconds.
struct TimeView: Sendable {
    /// The time of the stream; 0 before the first tick.
    var now: Int64 = 0
    /// The state shown while the view is paused.
    var frozen: Frozen?
    /// The last periods in which the view was paused and received no figures.
    private(set) var pauses: [Range<Int64>] = []
    /// The past that a live dashboard shows; `nil` when it shows the present.
    var past: Rewind?
    var playback = Playback()
    /// The timeline of the recording; `nil` until it is complete.
    var timeline: Timeline?

    private static let pauseLimit = 100

    /// Whether new data is shown as it arrives.
    var isLive: Bool { frozen == nil && past == nil }

    /// Ends the pause of the view, if it is paused.
    ///
    /// - Parameter now: the latest time that is known.
    /// - Returns: whether it was paused.
    mutating func thaw(at now: Int64) -> Bool {
        guard let since = frozen?.now else { return false }
        frozen = nil
        pauses.append(since..<max(since, now))
        pauses.removeFirst(max(0, pauses.count - Self.pauseLimit))
        return true
    }

    /// Shows the past, paused.
    mutating func rewind(to fleet: Fleet, at time: Int64) {
        past = Rewind(stream: StreamedFleet(fleet), now: time)
        timeline = nil
        playback = Playback(isPaused: true)
    }

    /// Shows the present again.
    mutating func returnToPresent() {
        past = nil
        timeline = nil
    }
}

/// The past that a live dashboard shows while it keeps receiving the present.
struct Rewind: Sendable {
    /// The fleet at that time.
    var stream: StreamedFleet
    /// The time shown, in Unix milliseconds.
    var now: Int64
}

/// The state of a paused view.
struct Frozen: Sendable {
    /// The fleet at the time of the pause.
    let fleet: Fleet
    let now: Int64
    /// The number of events since the pause.
    var waiting = 0
    /// The number that the header shows. It changes only with a key, so that nothing moves by
    /// itself.
    private(set) var shownWaiting = 0

    /// Updates the number in the header.
    mutating func showWaiting() { shownWaiting = waiting }
}
