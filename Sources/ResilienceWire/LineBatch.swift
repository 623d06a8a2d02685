/// Lines of a hub's stream that arrived together.
///
/// The lines stay encoded until a caller asks for them, so that a caller that only stores them
/// decodes none. Decoded texts are always safe to show, even from an untrusted hub
/// (``LineTexts/safe``).
public struct LineBatch: Sendable {
    private enum Content {
        case lines([Line])
        case bytes([UInt8])
    }

    private let content: Content
    /// The number of lines.
    public let count: Int
    /// The earliest and the latest time of the lines, in Unix milliseconds; `nil` if no line has a
    /// time.
    public let times: ClosedRange<Int64>?
    /// The time of the last keyframe that begins in the batch.
    public let keyframe: Int64?

    /// Creates a batch of decoded lines.
    public init(_ lines: [Line]) {
        var summary = Summary()
        for line in lines { summary.add(LineHeader(line)) }
        self.init(.lines(lines), summary)
    }

    /// Creates a batch of whole encoded lines, each with its newline.
    ///
    /// - Parameters:
    ///   - unwanted: the kind of lines to leave out; `nil` keeps all.
    ///   - look: called with the header of each line, including those that are left out.
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

    /// The encoded lines; `nil` if the batch was created from decoded lines.
    public var bytes: [UInt8]? {
        switch content {
        case .bytes(let bytes): bytes
        case .lines: nil
        }
    }

    /// Calls `body` with each line, decoded, in order.
    ///
    /// - Throws: the error of the first invalid line; the lines after it are not read.
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
    /// - Throws: the error of the first invalid line.
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
    /// Returns the bytes outside of the given ranges, which must be in ascending order.
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

/// The type and time of a line, read from its beginning.
public struct LineHeader: Equatable, Sendable {
    /// The kinds of lines that code passing lines on has to distinguish.
    public enum Kind: Equatable, Sendable {
        case keyframe, keyframeEnd, clock, beat, other
    }

    /// The kind of line.
    public let kind: Kind
    /// The time of the line, in Unix milliseconds; `nil` if it has none.
    public let at: Int64?
    /// For a keyframe, the interval of the beats that follow, in milliseconds; `nil` if no beats
    /// follow.
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

    /// Reads the header. If the line begins with its type and time, as fusebox writes it, the rest
    /// is not read.
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
        // Keyframes are rare, and the rest of their line matters.
        case "keyframe": nil
        case "keyframe_end": LineHeader(kind: .keyframeEnd, at: at)
        case "clock": LineHeader(kind: .clock, at: at)
        case "beat": LineHeader(kind: .beat, at: at)
        default: LineHeader(kind: .other, at: at)
        }
    }
}
