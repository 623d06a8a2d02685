public import Fleet
import ResilienceWire
import Screen

/// The whole dashboard as a value. ``update(_:_:)`` changes it, ``render(_:glyphs:)`` draws it.
public struct State: Sendable {
    /// The source of the lines.
    public enum Mode: Equatable, Sendable {
        /// A hub.
        case live
        /// The demo's own hub.
        case demo
        /// A recording, with its file name and the speed relative to real time.
        case replay(file: String, speed: Double = 1)
    }

    let mode: Mode
    let host: String
    /// Whether the hub accepts commands from this dashboard.
    private let isOperator: Bool
    let socketPath: String
    let makeID: @Sendable () -> String
    let isTime: @Sendable (String) -> Bool
    /// The names of themes, for completion on the command line.
    let themes: [String]
    let runbooks: [Runbook]
    /// Whether a live dashboard can go back in time.
    let keepsPast: Bool

    var width = 0
    var height = 0

    /// The fleet as received from the stream.
    var stream = StreamedFleet()
    /// The time to show, in Unix milliseconds.
    var now: Int64 = 0
    var link = Link.connecting
    /// With several hubs: the hubs that do not answer.
    var outages: [HubOutage] = []
    /// The state shown while the view is paused.
    var frozen: Frozen?
    /// The last periods in which the view was paused and received no figures.
    var pauses: [Range<Int64>] = []
    /// The past that a live dashboard shows; `nil` when it shows the present.
    var past: Rewind?
    var playback = Playback()
    /// The timeline of the recording; `nil` until it is complete.
    var timeline: Timeline?

    var table = TableView()
    /// The row of the detail page, if the table does not contain it any more.
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
    /// Whether actions were locked with `:lock`.
    var isLocked = false
    /// The status of the running recording; `nil` if there is none.
    var recording: RecordingStatus?
    /// Executed command lines, latest last.
    var history: [String]
    /// The transition that the operator last went to.
    var transition: TransitionMark?
    var clock: WallClock
    /// Whether `g` was pressed once and waits for the second `g`.
    var hasPendingG = false
    var notice: Notice?

    /// Creates a dashboard without data.
    ///
    /// - Parameters:
    ///   - mode: where the lines come from.
    ///   - host: the hub's host, for the header.
    ///   - mayControl: whether operator commands may be sent.
    ///   - socketPath: the socket that agents connect to, shown while there are no agents.
    ///   - themes: the names that `:theme` completes.
    ///   - runbooks: links for strategies; the first that matches is used.
    ///   - keepsPast: whether the stream is kept, so that the operator can go back in time.
    ///   - history: command lines of earlier runs, latest last.
    ///   - secondsAhead: the seconds that the local clock is ahead of UTC, at a Unix time in
    ///     milliseconds.
    ///   - isTime: returns whether a typed text is a valid time of a recording.
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

    /// Whether actions on agents are available.
    var mayControl: Bool { isOperator && !isLocked }

    /// The fleet to show. A partly received keyframe is never shown.
    var shownFleet: Fleet { past?.stream.fleet ?? frozen?.fleet ?? stream.fleet }

    /// The fleet as received so far; `nil` while a keyframe is arriving.
    public var present: Fleet? { stream.isWhole ? stream.fleet : nil }

    /// The time of the data shown. The data of a lost hub does not age, because its present state
    /// is unknown.
    var shownNow: Int64 {
        if let past { return past.now }
        if let frozen { return frozen.now }
        switch link {
        case .connecting, .connected: return latest
        case .silent(let since, _), .lost(let since, _): return since
        }
    }

    /// The latest time that is known.
    var latest: Int64 { now == 0 ? stream.fleet.at : now }

    /// Whether the dashboard shows a replay.
    var isReplay: Bool {
        switch mode {
        case .replay: true
        case .live, .demo: past != nil
        }
    }

    /// The selected row.
    var selectedRow: Row? {
        if let errors { return errors.selectedRow }
        return table.selection.flatMap { selected in
            table.rows.first { $0.id == selected } ?? (held?.id == selected ? held : nil)
        }
    }
}

/// The state of the connection to the hub.
enum Link: Equatable, Sendable {
    case connecting
    case connected
    /// The connection is open, but the hub has sent nothing since a time in Unix milliseconds, for
    /// this many seconds. It is stopped, or the network stalls.
    case silent(since: Int64, seconds: Int)
    /// The connection is lost since a time in Unix milliseconds.
    case lost(since: Int64, why: String)

    /// Whether what is shown is confirmed by the hub.
    var isConfirmed: Bool {
        switch self {
        case .connecting, .connected: true
        case .silent, .lost: false
        }
    }
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
}

/// A pane that can have the keyboard focus.
enum Pane: Equatable, Sendable {
    case table, journal
}

/// An overlay over the page, which has the keyboard focus.
enum Overlay: Sendable {
    case none
    case help(offset: Int)
    case dialog(Dialog)
    case limits(LimitList)
    /// The filter is being typed. Enter keeps it, Esc clears it.
    case filter(TextField)
    case command(CommandLine)

    /// Whether rows must not move while the overlay is shown.
    var holdsStill: Bool {
        switch self {
        case .dialog, .limits: true
        case .none, .help, .filter, .command: false
        }
    }
}

/// A message that is shown for a few seconds.
struct Notice: Equatable, Sendable {
    let text: String
    /// The meaning of the message, which sets its colour.
    var tone = JournalEntry.Tone.bad
    /// The remaining seconds of real time. The time shown may run faster or backwards.
    var secondsLeft = 8
}
