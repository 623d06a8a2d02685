public import Fleet
import ResilienceWire
import Screen

/// The whole dashboard as a value. ``update(_:_:)`` changes it, ``render(_:glyphs:)`` draws it.
public struct State: Sendable {
    /// Where the lines come from.
    public enum Mode: Equatable, Sendable {
        /// A hub.
        case live
        /// The demo's own hub.
        case demo
        /// A recording, by its file's name, at so many times the speed at which it was made.
        case replay(file: String, speed: Double = 1)
    }

    let mode: Mode
    let host: String
    /// Whether the hub takes commands from here.
    private let isOperator: Bool
    let socketPath: String
    let makeID: @Sendable () -> String
    let isTime: @Sendable (String) -> Bool
    /// The themes that a command line completes.
    let themes: [String]
    let runbooks: [Runbook]
    /// Whether a live dashboard can go back in time.
    let keepsPast: Bool

    var width = 0
    var height = 0

    /// Everything, as the stream tells of it.
    var stream = StreamedFleet()
    /// The time to show, in Unix milliseconds.
    var now: Int64 = 0
    var link = Link.connecting
    /// Of several hubs, those that do not answer.
    var outages: [HubOutage] = []
    /// What is shown while the view stands still.
    var frozen: Frozen?
    /// When the view stood still the last times: then no figures came.
    var pauses: [Range<Int64>] = []
    /// What was, where that is looked at in a live dashboard.
    var past: Rewind?
    var playback = Playback()
    /// What happened in the recording; `nil` until it was looked through.
    var timeline: Timeline?

    var table = TableView()
    /// The row of the detail page, where the table does not show it.
    var held: Row?
    var attention = Attention()
    var journal = Journal()
    /// How many entries the journal is scrolled back.
    var journalOffset = 0
    /// How many lines the detail page is scrolled down.
    var detailOffset = 0

    /// The pages over the main screen, the topmost last.
    var pages: [Page] = []
    var focus = Pane.table
    var overlay = Overlay.none
    /// No action is offered any more.
    var isLocked = false
    /// The recording that runs.
    var recording: RecordingStatus?
    /// Command lines that were carried out, the latest last.
    var history: [String]
    /// The transition that was gone to.
    var transition: TransitionMark?
    var clock: WallClock
    /// A `g` waits for the second.
    var hasPendingG = false
    var notice: Notice?

    /// A dashboard that has heard of nothing yet.
    ///
    /// - Parameters:
    ///   - mode: where the lines come from.
    ///   - host: the hub's host, for the header.
    ///   - mayControl: whether operator commands may be sent.
    ///   - socketPath: the socket to which agents connect, shown while there are none.
    ///   - themes: the names that `:theme` completes.
    ///   - runbooks: pages about strategies; the first that matches counts.
    ///   - keepsPast: whether what passes is kept, so that it can be gone back to.
    ///   - history: command lines of earlier dashboards, the latest last.
    ///   - secondsAhead: the seconds that the local clock is ahead of UTC, at a Unix time in
    ///     milliseconds.
    ///   - isTime: whether somebody's words are a time of a recording.
    ///   - makeID: makes an id for a command; a new one each time.
    public init(
        mode: Mode, host: String, mayControl: Bool, socketPath: String = "",
        themes: [String] = [], runbooks: [Runbook] = [], keepsPast: Bool = false,
        history: [String] = [],
        secondsAhead: @escaping @Sendable (Int64) -> Int = { _ in 0 },
        isTime: @escaping @Sendable (String) -> Bool = { _ in true },
        makeID: @escaping @Sendable () -> String
    ) {
        self.mode = mode
        self.host = host
        isOperator = mayControl
        self.socketPath = socketPath
        self.themes = themes
        self.runbooks = runbooks
        self.keepsPast = keepsPast
        self.history = history.suffix(Self.historyLimit)
        clock = WallClock(secondsAhead: secondsAhead)
        self.makeID = makeID
        self.isTime = isTime
        if case .replay(_, let speed) = mode { playback.speed = speed }
    }

    /// Whether actions on agents are offered.
    var mayControl: Bool { isOperator && !isLocked }

    /// The fleet to show: not one of which a keyframe has brought a half.
    var shownFleet: Fleet { past?.stream.shown ?? frozen?.fleet ?? stream.shown }

    /// What the stream has told so far; `nil` in the midst of a keyframe.
    public var present: Fleet? { stream.isWhole ? stream.told : nil }

    /// The time of what is shown. What a lost hub said last does not age: nobody knows.
    var shownNow: Int64 {
        if let past { return past.now }
        if let frozen { return frozen.now }
        switch link {
        case .connecting, .connected: return latest
        case .silent(let since, _), .lost(let since, _): return since
        }
    }

    /// The latest time that is known.
    var latest: Int64 { now == 0 ? stream.told.at : now }

    /// Whether what is shown was recorded.
    var isReplay: Bool {
        switch mode {
        case .replay: true
        case .live, .demo: past != nil
        }
    }

    /// The row that is selected.
    var selectedRow: Row? {
        if let errors { return errors.selectedRow }
        return table.selection.flatMap { selected in
            table.rows.first { $0.id == selected } ?? (held?.id == selected ? held : nil)
        }
    }
}

/// Whether the hub answers.
enum Link: Equatable, Sendable {
    case connecting
    case connected
    /// It has said nothing since a time in Unix milliseconds, for so many seconds: it is stopped, or the way
    /// to it stalls. The connection stands.
    case silent(since: Int64, seconds: Int)
    /// Since a time in Unix milliseconds.
    case lost(since: Int64, why: String)

    /// Whether what is shown is confirmed by the hub.
    var isConfirmed: Bool {
        switch self {
        case .connecting, .connected: true
        case .silent, .lost: false
        }
    }
}

/// A view that stands still.
struct Frozen: Sendable {
    /// What was known when it stopped.
    let fleet: Fleet
    let now: Int64
    /// Events that came since.
    var waiting = 0
    /// Of these, what the header says; it changes with keys alone, so that nothing moves.
    private(set) var shownWaiting = 0

    /// Brings the header up to date.
    mutating func showWaiting() { shownWaiting = waiting }
}

/// How a replay goes.
public struct Playback: Equatable, Sendable {
    /// What became of the recording.
    enum End: Equatable, Sendable {
        case whole
        case damaged(String)
    }

    var isPaused = false
    var speed = 1.0
    var end: End?

    /// The slowest speed and the fastest; above it is infinity, as fast as it can be shown.
    public static let speeds = 0.25...64.0
}

/// A pane that can have the keyboard.
enum Pane: Equatable, Sendable {
    case table, journal
}

/// What lies over the page and has the keyboard.
enum Overlay: Sendable {
    case none
    case help(offset: Int)
    case dialog(Dialog)
    case limits(LimitList)
    /// The filter is being typed; Esc brings back nothing, Enter keeps it.
    case filter(TextField)
    case command(CommandLine)

    /// Whether no row may move under it.
    var holdsStill: Bool {
        switch self {
        case .dialog, .limits: true
        case .none, .help, .filter, .command: false
        }
    }
}

/// A line for people, for a while.
struct Notice: Equatable, Sendable {
    let text: String
    /// How it is to be taken.
    var tone = JournalEntry.Tone.bad
    /// How many seconds it still stays: of the reader's time, for what is shown may run faster or
    /// backwards.
    var secondsLeft = 8
}
