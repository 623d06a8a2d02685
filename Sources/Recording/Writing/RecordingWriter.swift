import Glibc
import HostSupport
public import ResilienceWire

/// Writes the stream's lines to a file: a header, then keyframes and what happens between them; plain,
/// or as zstd frames where the file's name ends in `.zst`.
///
/// What was written is whole lines, or whole frames: a write that the disk does not take is taken back
/// and counted, and what comes next is tried again.
public final class RecordingWriter {
    /// A file that cannot be made.
    public struct Failed: Error, Equatable, Sendable, CustomStringConvertible {
        /// What failed, where and why.
        public let description: String
    }

    /// Lines of one frame, until it is written.
    private struct Frame {
        var bytes: [UInt8] = []
        var lines = 0
        var first: Int64?
        var last: Int64?
        var hasKeyframe = false
    }

    /// The time between keyframes of a recording, in milliseconds, unless another is asked for.
    public static let keyframeMS: Int64 = 10_000
    /// The time between tries whether a disk takes a keyframe again, in milliseconds.
    static let retryMS: Int64 = 2_000
    /// The longest time of the lines of one frame, in milliseconds.
    public static let frameMS: Int64 = 1_000
    /// With so many bytes a frame is full.
    public static let frameBytes = 256 << 10

    /// Lines that the disk did not take, those of keyframes aside.
    public private(set) var lost = 0
    /// Whether it did not take some, and no keyframe since, so that what is in it says little.
    public var isStopped: Bool { stoppedAt != nil }
    /// How often the file was begun anew, since it was removed or moved away.
    public private(set) var restarts = 0
    /// Why the file, which was removed or moved away, cannot be begun anew; `nil` where it is there.
    public private(set) var misplaced: String?
    /// Lines written, the header and the keyframes' included.
    public private(set) var written = 0
    /// Bytes written.
    public private(set) var bytes: Int64 = 0

    private let path: String
    private let fusebox: String
    private let keyframeMS: Int64
    private var file: LineFile
    private let compressor: ZstdCompressor?
    private var frame = Frame()
    private var lastKeyframe: Int64 = .min
    private var keyframeBytes: Int64 = 0
    private var keyframeEnd: Int64 = 0
    /// The time of the first line since the last keyframe that was not taken, or of the last
    /// keyframe, if that was not.
    private var stoppedAt: Int64?
    private var isInKeyframe = false

    /// Begins a recording; a file that exists is not overwritten.
    ///
    /// - Parameter keyframeMS: the time between keyframes, in milliseconds.
    public init(
        path: String, fusebox: String, at: Int64, keyframeMS: Int64 = RecordingWriter.keyframeMS
    ) throws(Failed) {
        self.path = path
        self.fusebox = fusebox
        self.keyframeMS = keyframeMS
        do throws(LineFile.Failed) {
            file = try LineFile(path, isNew: true)
        } catch {
            let why =
                error.errno == EEXIST
                ? "it exists already; choose another name" : error.description
            throw Failed(description: "cannot record to \(path): \(why)")
        }
        compressor = path.hasSuffix(".zst") ? ZstdCompressor() : nil
        write([Line(at: at, .recording(RecordingHeader(fusebox: fusebox)))])
        flush()
    }

    /// Whether the file is still at its path.
    public var isInPlace: Bool { file.isAt(path) }

    /// Looks whether the file is still at its path, and begins it anew there if it was removed or moved
    /// away; call it once a second. Then a keyframe is due. Where it cannot be begun, lines are lost
    /// until it can.
    ///
    /// - Parameter time: the present, for the new file's header.
    public func keepInPlace(at time: Int64) {
        guard !file.isAt(path) else {
            misplaced = nil
            return
        }
        do throws(LineFile.Failed) {
            file = try LineFile(path, isNew: true)
        } catch {
            misplaced = error.errno == EEXIST ? "another file is there" : error.description
            stoppedAt = stoppedAt ?? time
            return
        }
        misplaced = nil
        restarts += 1
        var waiting = Frame()
        swap(&waiting, &frame)
        write([Line(at: time, .recording(RecordingHeader(fusebox: fusebox)))])
        flush()
        frame = waiting
        lastKeyframe = .min
    }

    /// Whether it is time for a keyframe: 10 s, or as asked for, after the last one, and not before
    /// four times its bytes have been written; after lines were lost every 2 s, until the disk takes
    /// one.
    public func isKeyframeDue(at: Int64) -> Bool {
        guard lastKeyframe != .min else { return true }
        if let stoppedAt { return at - stoppedAt >= Self.retryMS }
        return at - lastKeyframe >= keyframeMS && bytes - keyframeEnd >= 4 * keyframeBytes
    }

    /// Writes a keyframe's lines, at the beginning of a frame. Their time is the keyframe's, whatever
    /// they tell of.
    public func writeKeyframe(_ lines: some Sequence<Line>, at: Int64) {
        flush()
        let before = bytes
        stoppedAt = nil
        isInKeyframe = true
        defer { isInKeyframe = false }
        frame.hasKeyframe = true
        for line in lines { append(line, at: at) }
        flush()
        lastKeyframe = at
        keyframeBytes = bytes - before
        keyframeEnd = bytes
    }

    /// Writes lines as they are; in frames they may wait for others of their second.
    public func write(_ lines: some Sequence<Line>) {
        for line in lines { append(line, at: line.at) }
        if compressor == nil { flush() }
    }

    /// Writes lines as they came from a hub, if they did: without another look at them.
    public func write(_ batch: LineBatch) {
        guard let bytes = batch.bytes else { return write((try? batch.decoded()) ?? []) }
        append(batch.times, lines: batch.count) { $0.append(contentsOf: bytes) }
        if compressor == nil { flush() }
    }

    private func append(_ line: Line, at: Int64?) {
        append(at.map { $0...$0 }, lines: 1) { line.encode(into: &$0) }
    }

    private func append(
        _ times: ClosedRange<Int64>?, lines: Int, _ write: (inout [UInt8]) -> Void
    ) {
        if let times {
            if let first = frame.first, times.upperBound - first >= Self.frameMS { flush() }
            frame.first = min(frame.first ?? times.lowerBound, times.lowerBound)
            frame.last = max(frame.last ?? times.upperBound, times.upperBound)
        }
        write(&frame.bytes)
        frame.lines += lines
        if frame.bytes.count >= Self.frameBytes { flush() }
    }

    /// Writes what waits; call it once a second, and at the end.
    public func flush() {
        guard frame.lines > 0 else { return }
        var ready = Frame()
        swap(&ready, &frame)
        frame.bytes.reserveCapacity(Self.frameBytes + 4_096)
        guard misplaced == nil else {
            stoppedAt = stoppedAt ?? ready.last ?? 0
            if !isInKeyframe { lost += ready.lines }
            return
        }
        var content = ready.bytes
        if compressor != nil {
            let compressed = compressor?.frame(of: ready.bytes) ?? []
            let header = FrameHeader(
                first: ready.first ?? 0, last: ready.last ?? 0, lines: UInt32(ready.lines),
                size: UInt32(compressed.count), hasKeyframe: ready.hasKeyframe)
            content = header.bytes + compressed
        }
        do throws(LineFile.Failed) {
            try file.append(content)
            written += ready.lines
            bytes += Int64(content.count)
        } catch {
            stoppedAt = stoppedAt ?? ready.last ?? 0
            if !isInKeyframe { lost += ready.lines }
        }
    }
}
