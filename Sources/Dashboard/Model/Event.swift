public import Fleet
public import ResilienceWire
public import Screen

/// An input to the dashboard.
public enum Event: Sendable {
    /// A key was pressed.
    case key(Key)
    /// Lines of the stream, live or replayed.
    case batch(LineBatch)
    /// The whole state at one time, in place of the state so far: a seek in a recording.
    case fleet(Fleet)
    /// Once a second: the time to show, in Unix milliseconds. It is the hub's time when live and
    /// the recording's in a replay. Figures are updated with it. ``clock(at:)`` can take its place.
    case tick(at: Int64)
    /// The time, with new figures of the rows on screen only. It is used when there are too many
    /// rows to update each second; ``moreRows`` updates the others.
    case clock(at: Int64)
    /// Updates the figures of a part of the rows. About 160 such events update all of up to 100,000
    /// rows.
    case moreRows
    /// A second of real time has passed.
    case secondPassed
    /// The hub is connected; a keyframe follows.
    case connected
    /// The hub is disconnected, with the reason as text.
    case disconnected(why: String)
    /// The connection is open, but the hub has sent nothing for this many milliseconds.
    case silent(forMS: Int64)
    /// A silent hub sends again.
    case heard
    /// With several hubs: the hubs that do not answer; empty if all do.
    case hubsMissing([HubOutage])
    /// A replay event for the past that a live dashboard shows.
    indirect case past(Event)
    /// The timeline of the recording is complete.
    case timeline(Timeline)
    /// The replay has reached the end, with the damage of the recording as text, if any.
    case replayEnded(damage: String?)
    /// The replay cannot start, with the reason as text.
    case replayFailed(why: String)
    /// The status of the recording that was started from this dashboard; `nil` when it has ended.
    case recording(RecordingStatus?)
    /// A message for the operator.
    case notice(String)
    /// The size of the screen; also sent once at start.
    case resized(width: Int, height: Int)

    /// Creates a batch from decoded lines.
    public static func lines(_ lines: [Line]) -> Event { .batch(LineBatch(lines)) }
}

/// An action that the event loop performs for the dashboard.
public enum Effect: Equatable, Sendable {
    /// Send an operator's command; its target is an address.
    case send(OperatorCommand)
    /// Ask the hub for figures and events, or for events only while no figures are shown.
    case follow(figures: Bool)
    /// Reconnect to the hub, with the reason as text.
    case reconnect(why: String)
    /// Draw soon, without waiting for the next tick.
    case draw
    /// End the dashboard.
    case quit
    /// Control the replay. In a live dashboard this starts or controls the replay of the past.
    case replay(ReplayControl)
    /// End the replay of the past.
    case present
    /// Switch to the theme with this name. An error becomes a notice.
    case theme(String)
    /// Copy a text of at most 8 KiB to the clipboard of the terminal.
    case copy(String)
    /// Record the stream into a new file. Its status comes back as events.
    case record(String)
    /// End the recording.
    case stopRecording
    /// Add an executed command line to the history.
    case remember(String)
}

/// The status of a running recording.
public struct RecordingStatus: Equatable, Sendable {
    /// The start in Unix milliseconds of the time shown.
    public let since: Int64
    /// The size of the file in bytes.
    public let bytes: Int64
    /// The number of lines that could not be written.
    public let lost: Int
    /// Whether the last lines could not be written.
    public let isStopped: Bool

    /// Creates a status.
    public init(since: Int64, bytes: Int64, lost: Int = 0, isStopped: Bool = false) {
        self.since = since
        self.bytes = bytes
        self.lost = lost
        self.isStopped = isStopped
    }
}

/// A control command for a replay.
public enum ReplayControl: Equatable, Sendable {
    /// Pause or continue.
    case setPaused(Bool)
    /// Set the speed relative to real time; infinity: as fast as possible.
    case setSpeed(Double)
    /// Move forward by a number of lines, or back if it is negative.
    case step(Int)
    /// Go to a time in Unix milliseconds.
    case seek(Int64)
    /// Go to a typed time. `isUTC` says how to read a time without a zone.
    case goTo(String, isUTC: Bool)
}
