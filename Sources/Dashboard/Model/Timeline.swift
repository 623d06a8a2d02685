public import ResilienceWire

/// The events of a whole recording with their times: the marks of the seek bar and the targets of
/// the seek keys.
public struct Timeline: Sendable {
    /// The kind of event that a mark shows.
    enum Kind: Sendable {
        case transition, command, alert

        /// The name of the kind on the screen.
        var word: String {
            switch self {
            case .transition: "transition"
            case .command: "command"
            case .alert: "alert"
            }
        }
    }

    /// The importance of a mark among others in the same column, least important first.
    enum Weight: Comparable, Sendable {
        case transition, command, opening, alert

        /// Returns `nil` for a message that gets no mark.
        init?(_ message: StreamMessage) {
            if case .breaker(let change) = message {
                self = change.to == .open || change.to == .forcedOpen ? .opening : .transition
            } else if case .command = message {
                self = .command
            } else if case .alert = message {
                self = .alert
            } else {
                return nil
            }
        }

        var kind: Kind {
            switch self {
            case .transition, .opening: .transition
            case .command: .command
            case .alert: .alert
            }
        }
    }

    /// A line with a mark. Time and weight are stored separately, because each frame reads those of
    /// all marks.
    struct Mark: Sendable {
        let at: Int64
        let weight: Weight
        let line: Line

        /// Returns `nil` for a line that gets no mark.
        init?(_ line: Line) {
            guard let at = line.at, let weight = Weight(line.message) else { return nil }
            self.at = at
            self.weight = weight
            self.line = line
        }
    }

    /// The maximum number of marks. Later ones are not shown.
    public static let limit = 50_000

    /// The start and the end of the recording in Unix milliseconds.
    public let times: ClosedRange<Int64>
    /// The marks, ordered by time.
    let marks: [Mark]

    /// Creates the timeline from the lines of a recording, without the lines of keyframes.
    public init(_ times: ClosedRange<Int64>, _ lines: some Sequence<Line>) {
        self.times = times
        var marks: [Mark] = []
        var tracker = KeyframeTracker()
        for line in lines where marks.count < Self.limit {
            if tracker.take(line) == .event, let mark = Mark(line) { marks.append(mark) }
        }
        self.marks = marks.sorted { $0.at < $1.at }
    }

    /// The nearest mark of a kind before or after a time, with its number and the total.
    func mark(_ kind: Kind, _ step: Int, from time: Int64) -> (mark: Mark, number: Int, of: Int)? {
        let all = marks.filter { $0.weight.kind == kind }
        let index =
            step < 0
            ? all.lastIndex { $0.at < time } : all.firstIndex { $0.at > time }
        return index.map { (all[$0], $0 + 1, all.count) }
    }
}
