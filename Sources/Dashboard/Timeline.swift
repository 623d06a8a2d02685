public import ResilienceWire

/// What happened when over a whole recording: the marks of its seek bar, and where the keys lead.
public struct Timeline: Sendable {
    /// What a mark tells of.
    public enum Kind: CaseIterable, Sendable {
        case transition, command, alert

        /// `nil` for a message that is no mark.
        init?(_ message: Message) {
            switch message {
            case .breaker: self = .transition
            case .command: self = .command
            case .alert: self = .alert
            case .hello, .strategy, .delta, .call, .limit, .ack, .lost, .ping, .bye, .welcome,
                .error, .watch, .recording, .keyframe, .keyframeEnd, .agentUp, .agentStale,
                .agentGone, .total, .slot, .commandStatus, .commandDone, .standing, .standingEnd,
                .clock, .unknown:
                return nil
            }
        }

        /// For people.
        var word: String {
            switch self {
            case .transition: "transition"
            case .command: "command"
            case .alert: "alert"
            }
        }
    }

    /// The most marks that are kept; later ones are not shown.
    public static let limit = 50_000

    /// When the recording begins and ends, in Unix milliseconds.
    public let times: ClosedRange<Int64>
    /// The lines that are marks, in the order of their times.
    let marks: [Line]

    /// The marks among a recording's lines, which a keyframe's own do not belong to.
    public init(_ times: ClosedRange<Int64>, _ lines: some Sequence<Line>) {
        self.times = times
        var marks: [Line] = []
        var isInKeyframe = false
        for line in lines where marks.count < Self.limit {
            if case .keyframe = line.message { isInKeyframe = true }
            if line.message == .keyframeEnd { isInKeyframe = false }
            if !isInKeyframe, line.at != nil, Kind(line.message) != nil { marks.append(line) }
        }
        self.marks = marks.sorted { ($0.at ?? 0) < ($1.at ?? 0) }
    }

    /// The nearest mark of a kind before a time, or after it, and which of how many it is.
    func mark(_ kind: Kind, _ step: Int, from time: Int64) -> (line: Line, number: Int, of: Int)? {
        let all = marks.filter { Kind($0.message) == kind }
        let index =
            step < 0
            ? all.lastIndex { ($0.at ?? 0) < time } : all.firstIndex { ($0.at ?? 0) > time }
        return index.map { (all[$0], $0 + 1, all.count) }
    }
}
