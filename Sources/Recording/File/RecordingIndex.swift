import ResilienceWire

/// The positions of a recording's keyframes and its times, for seeking.
///
/// A compressed recording is indexed from its frame headers. A plain one is read completely.
public struct RecordingIndex: Equatable, Sendable {
    /// The position of a keyframe.
    public struct Keyframe: Equatable, Sendable {
        /// The time of the keyframe in Unix milliseconds.
        public let at: Int64
        /// The offset of its frame or line in bytes.
        public let offset: Int64
    }

    /// The keyframes, oldest first.
    public private(set) var keyframes: [Keyframe] = []
    /// The times of the first and the last line in Unix milliseconds; `nil` if no line has a time.
    public private(set) var times: ClosedRange<Int64>?

    /// Indexes a file. Returns `nil` if it cannot be read or does not support seeking, like
    /// standard input.
    public init?(path: String) {
        guard let source = try? RecordingSource(path) else { return nil }
        self.init(source)
    }

    init?(_ source: RecordingSource) {
        guard source.canSeek else { return nil }
        _ = source.fill(4)
        if FrameReader.recognises(source.bytes) {
            walk(source)
        } else {
            scan(source)
        }
    }

    /// The keyframe to start reading from for the state at a time: the latest one up to then, or
    /// else the first.
    public func start(for time: Int64) -> Keyframe? {
        var low = 0
        var high = keyframes.count
        while low < high {
            let middle = (low + high) / 2
            if keyframes[middle].at <= time { low = middle + 1 } else { high = middle }
        }
        return keyframes.isEmpty ? nil : keyframes[max(0, low - 1)]
    }

    private mutating func walk(_ source: RecordingSource) {
        var offset: Int64 = 0
        source.seek(to: 0)
        while source.fill(FrameHeader.byteCount, by: 4_096) {
            guard let header = FrameHeader(source.bytes) else {
                let magic = FrameHeader.magic[0]
                let count = source.bytes.distanceToNext(magic, or: magic)
                source.skip(count)
                offset += Int64(count)
                continue
            }
            if header.hasKeyframe { keyframes.append(Keyframe(at: header.first, offset: offset)) }
            if header.last > 0 { extend(header.first, header.last) }
            offset += Int64(FrameHeader.byteCount) + Int64(header.size)
            source.seek(to: offset)
        }
    }

    private mutating func scan(_ source: RecordingSource) {
        let prefix = Array(#"{"t":"keyframe","#.utf8)
        let newline = UInt8(ascii: "\n")
        var offset: Int64 = 0
        /// The number of buffered bytes without a newline.
        var seen = 0
        var isTooLong = false
        func pass(_ count: Int) {
            offset += Int64(count)
            source.skip(count)
            seen = 0
        }
        while source.fill(seen + 1) {
            guard let end = source.bytes.dropFirst(seen).firstIndex(of: newline) else {
                // The line continues beyond the buffer. A line that is too long is skipped.
                seen = source.bytes.count
                if seen >= WireLimits.lineBytes {
                    isTooLong = true
                    pass(seen)
                }
                continue
            }
            let line = source.bytes[..<end]
            let isKeyframe = line.starts(with: prefix)
            if !isTooLong, isKeyframe || times == nil || source.bytes.count == line.count + 1,
                let at = (try? Line(decoding: line))?.at
            {
                if isKeyframe { keyframes.append(Keyframe(at: at, offset: offset)) }
                extend(at, at)
            }
            isTooLong = false
            pass(line.count + 1)
        }
    }

    private mutating func extend(_ first: Int64, _ last: Int64) {
        times = min(times?.lowerBound ?? first, first)...max(times?.upperBound ?? last, last)
    }
}
