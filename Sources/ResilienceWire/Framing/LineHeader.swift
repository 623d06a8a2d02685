/// The type and time of a line, read from its beginning.
public struct LineHeader: Equatable, Sendable {
    /// The kinds of lines that code passing lines on has to distinguish.
    public enum Kind: Equatable, Sendable {
        case keyframe, keyframeEnd, history, historyEnd, clock, beat
        /// A delta or a call.
        case figures
        case other
    }

    /// The kind of line.
    public let kind: Kind
    /// The time of the line, in Unix milliseconds; `nil` if it has none.
    public let at: Int64?
    /// For a keyframe, the interval of the beats that follow, in milliseconds; `nil` if no beats
    /// follow.
    public let beatMS: Int?
    /// For a keyframe, whether the history of its strategies follows its end.
    public let hasHistory: Bool

    init(_ line: Line) {
        if line.message.isFigures {
            // Most lines are of this kind.
            self.init(kind: .figures, at: line.at)
        } else if case .keyframe(_, let beatMS, let hasHistory) = line.message {
            self.init(kind: .keyframe, at: line.at, beatMS: beatMS, hasHistory: hasHistory)
        } else if case .keyframeEnd = line.message {
            self.init(kind: .keyframeEnd, at: line.at)
        } else if case .history = line.message {
            self.init(kind: .history, at: line.at)
        } else if case .historyEnd = line.message {
            self.init(kind: .historyEnd, at: line.at)
        } else if case .clock = line.message {
            self.init(kind: .clock, at: line.at)
        } else if case .beat = line.message {
            self.init(kind: .beat, at: line.at)
        } else {
            self.init(kind: .other, at: line.at)
        }
    }

    /// Reads the header. If the line begins with its type and time, as fusebox writes it, the rest
    /// is not read.
    init(_ bytes: Span<UInt8>) {
        if let header = try? Self.quick(bytes) {
            self = header
        } else if let line = try? Line(decoding: bytes) {
            self.init(line)
        } else {
            self.init(kind: .other, at: nil)
        }
    }

    private init(kind: Kind, at: Int64?, beatMS: Int? = nil, hasHistory: Bool = false) {
        self.kind = kind
        self.at = at
        self.beatMS = beatMS
        self.hasHistory = hasHistory
    }

    private static func quick(_ bytes: Span<UInt8>) throws(WireError) -> LineHeader? {
        var scanner = JSONScanner(bytes)
        try scanner.beginObject()
        guard try scanner.nextKey() == "t" else { return nil }
        let type = try scanner.word()
        guard try scanner.nextKey() == "at" else { return nil }
        let at = try scanner.duration()
        return switch type {
        // Keyframes are rare, and the rest of their line matters.
        case "keyframe": nil
        case "keyframe_end": LineHeader(kind: .keyframeEnd, at: at)
        case "history": LineHeader(kind: .history, at: at)
        case "history_end": LineHeader(kind: .historyEnd, at: at)
        case "clock": LineHeader(kind: .clock, at: at)
        case "beat": LineHeader(kind: .beat, at: at)
        case "delta", "call": LineHeader(kind: .figures, at: at)
        default: LineHeader(kind: .other, at: at)
        }
    }
}
