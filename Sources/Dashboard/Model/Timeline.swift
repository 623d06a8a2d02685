public import ResilienceWire

/// What happened when over a whole recording: the marks of its seek bar, and where the keys lead.
public struct Timeline: Sendable {
    /// What a mark tells of.
    enum Kind: Sendable {
        case transition, command, alert

        /// For people.
        var word: String {
            switch self {
            case .transition: "transition"
            case .command: "command"
            case .alert: "alert"
            }
        }
    }

    /// How much a mark matters among others at one place, the least first.
    enum Weight: Comparable, Sendable {
        case transition, command, opening, alert

        /// `nil` for a message that is no mark.
        init?(_ message: Message) {
            switch message {
            case .breaker(let change):
                self = change.to == .open || change.to == .forcedOpen ? .opening : .transition
            case .command: self = .command
            case .alert: self = .alert
            case .hello, .strategy, .delta, .call, .limit, .ack, .lost, .ping, .pong, .beat, .bye,
                .welcome,
                .error, .watch, .recording, .keyframe, .keyframeEnd, .agentUp, .agentStale,
                .agentGone, .total, .slot, .commandStatus, .commandDone, .standing, .standingEnd,
                .clock, .unknown:
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

    /// A line that is a mark. Its time and weight stand beside it: every frame asks all marks.
    struct Mark: Sendable {
        let at: Int64
        let weight: Weight
        let line: Line

        /// `nil` for a line that is none.
        init?(_ line: Line) {
            guard let at = line.at, let weight = Weight(line.message) else { return nil }
            self.at = at
            self.weight = weight
            self.line = line
        }
    }

    /// The most marks that are kept; later ones are not shown.
    public static let limit = 50_000

    /// When the recording begins and ends, in Unix milliseconds.
    public let times: ClosedRange<Int64>
    /// In the order of their times.
    let marks: [Mark]

    /// The marks among a recording's lines, which a keyframe's own do not belong to.
    public init(_ times: ClosedRange<Int64>, _ lines: some Sequence<Line>) {
        self.times = times
        var marks: [Mark] = []
        var isInKeyframe = false
        for line in lines where marks.count < Self.limit {
            if case .keyframe = line.message { isInKeyframe = true }
            if line.message == .keyframeEnd { isInKeyframe = false }
            if !isInKeyframe, let mark = Mark(line) { marks.append(mark) }
        }
        self.marks = marks.sorted { $0.at < $1.at }
    }

    /// The nearest mark of a kind before a time, or after it, and which of how many it is.
    func mark(_ kind: Kind, _ step: Int, from time: Int64) -> (mark: Mark, number: Int, of: Int)? {
        let all = marks.filter { $0.weight.kind == kind }
        let index =
            step < 0
            ? all.lastIndex { $0.at < time } : all.firstIndex { $0.at > time }
        return index.map { (all[$0], $0 + 1, all.count) }
    }
}
