public import Fleet
public import ResilienceWire
public import Screen

/// What can happen to a dashboard.
public enum Event: Sendable {
    /// A key was pressed.
    case key(Key)
    /// Lines of the stream, live or replayed.
    case batch(LineBatch)
    /// The whole state at one time, in place of the state so far: a seek in a recording.
    case fleet(Fleet)
    /// Unix milliseconds of the time to show: the hub's when live, the recording's in a replay.
    /// Figures show with it. Comes once a second, or ``clock(at:)`` does.
    case tick(at: Int64)
    /// The time alone, where there are so many rows that they are not made anew each second.
    case clock(at: Int64)
    /// A second of the reader's own time is over.
    case secondPassed
    /// The hub answers; a keyframe follows.
    case connected
    /// The hub does not answer any more, in words.
    case disconnected(why: String)
    /// The hub has said nothing for so many milliseconds, though the connection stands.
    case silent(forMS: Int64)
    /// A hub that was silent is heard again.
    case heard
    /// Of several hubs, those that do not answer; empty where all do.
    case hubsMissing([HubOutage])
    /// What would be one of a replay's, of the past that a live dashboard looks at.
    indirect case past(Event)
    /// The recording was looked through.
    case timeline(Timeline)
    /// The recording is over; with what was damaged in it, if anything.
    case replayEnded(damage: String?)
    /// There is nothing to replay, in words.
    case replayFailed(why: String)
    /// How the recording that was begun from here stands; `nil` when it is over.
    case recording(RecordingStatus?)
    /// A line for people.
    case notice(String)
    /// The size of the screen; also sent once at start.
    case resized(width: Int, height: Int)

    /// Lines that are decoded already.
    public static func lines(_ lines: [Line]) -> Event { .batch(LineBatch(lines)) }
}

/// What a dashboard asks the event loop to do.
public enum Effect: Equatable, Sendable {
    /// Send an operator's command; its target is an address.
    case send(Command)
    /// Figures are looked at, or not for now: then events alone are needed.
    case follow(figures: Bool)
    /// Connect to the hub anew, for a reason in words.
    case reconnect(why: String)
    /// Show it soon, not only with the next tick.
    case draw
    /// End the dashboard.
    case quit
    /// Steer the replay; in a live dashboard that of the past, which begins with it.
    case replay(ReplayControl)
    /// End the replay of the past.
    case present
    /// Draw with the theme of that name; what is wrong with it comes back as a notice.
    case theme(String)
    /// Put a text of at most 8 KiB on the clipboard of whoever sits at the terminal.
    case copy(String)
    /// Record what is watched into a new file; how it stands comes back as events.
    case record(String)
    /// End the recording.
    case stopRecording
    /// Keep a command line that was carried out.
    case remember(String)
}

/// How a recording stands.
public struct RecordingStatus: Equatable, Sendable {
    /// When it began, in Unix milliseconds of the time that is shown.
    public let since: Int64
    /// How long the file is.
    public let bytes: Int64
    /// Lines that the disk did not take.
    public let lost: Int
    /// Whether it did not take the last ones.
    public let isStopped: Bool

    /// A recording of so many bytes.
    public init(since: Int64, bytes: Int64, lost: Int = 0, isStopped: Bool = false) {
        self.since = since
        self.bytes = bytes
        self.lost = lost
        self.isStopped = isStopped
    }
}

/// How a replay is steered.
public enum ReplayControl: Equatable, Sendable {
    /// Stop or go on.
    case setPaused(Bool)
    /// So many times the speed at which it was recorded; infinity: as fast as it can be shown.
    case setSpeed(Double)
    /// So many lines on, or back.
    case step(Int)
    /// To a time, in Unix milliseconds.
    case seek(Int64)
    /// To a time as it was typed; without a zone it is UTC's or local.
    case goTo(String, isUTC: Bool)
}
