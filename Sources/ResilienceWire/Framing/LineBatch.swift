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
            let header = LineHeader(span.extracting(position..<end))
            look(header)
            if header.kind == unwanted {
                omitted.append(position..<end + 1)
            } else {
                summary.add(header)
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

        mutating func add(_ header: LineHeader) {
            count += 1
            guard let at = header.at else { return }
            times =
                times.map { min($0.lowerBound, at)...max($0.upperBound, at) } ?? at...at
            if header.kind == .keyframe { keyframe = at }
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
