/// Lines of a hub's stream that came together. They stay the bytes that they are until somebody asks for
/// them: whoever only keeps them never decodes any. Decoded, their texts are safe to show, whatever the
/// hub that they are from is worth (``LineTexts/safe``).
public struct LineBatch: Sendable {
    private enum Content {
        case lines([Line])
        case bytes([UInt8])
    }

    private let content: Content
    /// How many lines there are.
    public let count: Int
    /// Unix milliseconds of the earliest and the latest of them; `nil` where none has a time.
    public let times: ClosedRange<Int64>?
    /// The time of the last keyframe that begins in it.
    public let keyframe: Int64?

    /// Lines that are decoded already.
    public init(_ lines: [Line]) {
        var summary = Summary()
        for line in lines { summary.add(LineHeader(line)) }
        self.init(.lines(lines), summary)
    }

    /// Whole lines, each with its newline.
    ///
    /// - Parameters:
    ///   - unwanted: lines of this kind are left out; `nil`: none.
    ///   - look: called with a glance at each, also at those that are left out.
    public init(
        bytes: [UInt8], without unwanted: LineHeader.Kind? = nil,
        _ look: (LineHeader) -> Void = { _ in }
    ) {
        var summary = Summary()
        var omitted: [Range<Int>] = []
        let span = bytes.span
        var position = 0
        while let end = span.firstNewline(from: position) {
            let glance = LineHeader(span.extracting(position..<end))
            look(glance)
            if glance.kind == unwanted {
                omitted.append(position..<end + 1)
            } else {
                summary.add(glance)
            }
            position = end + 1
        }
        self.init(.bytes(omitted.isEmpty ? bytes : bytes.without(omitted)), summary)
    }

    private init(_ content: Content, _ summary: Summary) {
        self.content = content
        count = summary.count
        times = summary.times
        keyframe = summary.keyframe
    }

    /// The lines as they came; `nil` where they came otherwise.
    public var bytes: [UInt8]? {
        switch content {
        case .bytes(let bytes): bytes
        case .lines: nil
        }
    }

    /// Calls `body` with each line, decoded, in order.
    ///
    /// - Throws: what is wrong with a line; those after it are not looked at.
    public func forEach(_ body: (Line) -> Void) throws(WireError) {
        switch content {
        case .lines(let lines):
            for line in lines { body(line) }
        case .bytes(let bytes):
            let bytes = bytes.span
            var position = 0
            while let end = bytes.firstNewline(from: position) {
                let line = bytes.extracting(position..<end)
                body(try Line(decoding: line, texts: .safe))
                position = end + 1
            }
        }
    }

    /// The lines, decoded.
    ///
    /// - Throws: what is wrong with one of them.
    public func decoded() throws(WireError) -> [Line] {
        if case .lines(let lines) = content { return lines }
        var lines: [Line] = []
        lines.reserveCapacity(count)
        try forEach { lines.append($0) }
        return lines
    }

    private struct Summary {
        var count = 0
        var times: ClosedRange<Int64>?
        var keyframe: Int64?

        mutating func add(_ glance: LineHeader) {
            count += 1
            guard let at = glance.at else { return }
            times =
                times.map { min($0.lowerBound, at)...max($0.upperBound, at) } ?? at...at
            if glance.kind == .keyframe { keyframe = at }
        }
    }
}

extension [UInt8] {
    /// The bytes outside of some ranges, which are in order.
    fileprivate func without(_ ranges: [Range<Int>]) -> [UInt8] {
        var rest: [UInt8] = []
        var position = 0
        for range in ranges {
            rest += self[position..<range.lowerBound]
            position = range.upperBound
        }
        return rest + self[position...]
    }
}

/// What a glance at the beginning of a line tells.
public struct LineHeader: Equatable, Sendable {
    /// What must be known of a line by whoever passes it on.
    public enum Kind: Equatable, Sendable {
        case keyframe, keyframeEnd, clock, beat, other
    }

    /// What kind of line it is.
    public let kind: Kind
    /// Its time.
    public let at: Int64?
    /// Of a keyframe, how often a beat follows, in milliseconds; `nil` where none does.
    public let beatMS: Int?

    init(_ line: Line) {
        if case .keyframe(_, let beatMS) = line.message {
            self.init(kind: .keyframe, at: line.at, beatMS: beatMS)
        } else if case .keyframeEnd = line.message {
            self.init(kind: .keyframeEnd, at: line.at)
        } else if case .clock = line.message {
            self.init(kind: .clock, at: line.at)
        } else if case .beat = line.message {
            self.init(kind: .beat, at: line.at)
        } else {
            self.init(kind: .other, at: line.at)
        }
    }

    /// Of a line that begins as ours do, by its type and its time, the rest is not looked at.
    init(_ bytes: Span<UInt8>) {
        if let glance = try? Self.quick(bytes) {
            self = glance
        } else if let line = try? Line(decoding: bytes) {
            self.init(line)
        } else {
            self.init(kind: .other, at: nil)
        }
    }

    private init(kind: Kind, at: Int64?, beatMS: Int? = nil) {
        self.kind = kind
        self.at = at
        self.beatMS = beatMS
    }

    private static func quick(_ bytes: Span<UInt8>) throws(WireError) -> LineHeader? {
        var scanner = JSONScanner(bytes)
        try scanner.beginObject()
        guard try scanner.nextKey() == "t" else { return nil }
        let type = try scanner.word()
        guard try scanner.nextKey() == "at" else { return nil }
        let at = try scanner.duration()
        return switch type {
        // There are few, and the rest of the line counts.
        case "keyframe": nil
        case "keyframe_end": LineHeader(kind: .keyframeEnd, at: at)
        case "clock": LineHeader(kind: .clock, at: at)
        case "beat": LineHeader(kind: .beat, at: at)
        default: LineHeader(kind: .other, at: at)
        }
    }
}
