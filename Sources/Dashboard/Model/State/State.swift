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

    var session: Session
    var size = ScreenSize()

    /// The fleet as received from the stream.
    var stream = StreamedFleet()
    var connection = Connection()
    var time = TimeView()

    /// The rows of the fleet that is shown.
    var book = RowBook()
    var table = TableView()
    var attention = Attention()
    var journal = Journal()

    var navigation = Navigation()
    /// The status of the running recording; `nil` if there is none.
    var recording: RecordingStatus?
    /// Executed command lines, latest last.
    var history: [String]
    var clock: WallClock
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
        session = Session(
            mode: mode, host: host, isOperator: mayControl, socketPath: socketPath,
            themes: themes, runbooks: runbooks, keepsPast: keepsPast, makeID: makeID,
            isTime: isTime)
        self.history = history.suffix(Self.historyLimit)
        clock = WallClock(secondsAhead: secondsAhead)
        if case .replay(_, let speed) = mode { time.playback.speed = speed }
    }

    /// The fleet to show. A partly received keyframe is never shown.
    var shownFleet: Fleet { time.past?.stream.fleet ?? time.frozen?.fleet ?? stream.fleet }

    /// The fleet as received so far; `nil` while a keyframe is arriving.
    public var present: Fleet? { stream.isWhole ? stream.fleet : nil }

    /// The time of the data shown. The data of a lost hub does not age, because its present state
    /// is unknown.
    var shownNow: Int64 {
        if let past = time.past { return past.now }
        if let frozen = time.frozen { return frozen.now }
        switch connection.link {
        case .connecting, .connected: return latest
        case .silent(let since, _), .lost(let since, _): return since
        }
    }

    /// The latest time that is known.
    var latest: Int64 { time.now == 0 ? stream.fleet.at : time.now }

    /// Whether the dashboard shows a replay.
    var isReplay: Bool {
        switch session.mode {
        case .replay: true
        case .live, .demo: time.past != nil
        }
    }

    /// The selected row.
    var selectedRow: Row? {
        if let errors = navigation.errors { return errors.selectedRow }
        return table.selection.flatMap { selected in
            table.rows.first { $0.id == selected }
                ?? (navigation.held?.id == selected ? navigation.held : nil)
        }
    }
}
