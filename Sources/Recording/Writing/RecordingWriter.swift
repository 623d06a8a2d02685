import Glibc
import HostSupport
public import ResilienceWire

/// Writes the lines of the stream to a file: a header, then keyframes and the lines between them.
/// The file is plain text, or zstd frames if its name ends in `.zst`.
///
/// The file contains only whole lines or whole frames. If a write fails, the written part is
/// removed, the lines are counted as lost, and later writes are tried again.
public final class RecordingWriter {
    /// The error for a file that cannot be created.
    public struct Failed: Error, Equatable, Sendable, CustomStringConvertible {
        /// The message: the path and the reason.
        public let description: String
    }

    /// The lines of a frame that is not written yet.
    private struct Frame {
        var bytes: [UInt8] = []
        var lines = 0
        var first: Int64?
        var last: Int64?
        var hasKeyframe = false
    }

    /// The default interval between keyframes in milliseconds.
    public static let keyframeMS: Int64 = 10_000
    /// The interval between attempts to write a keyframe after a failed write, in milliseconds.
    static let retryMS: Int64 = 2_000
    /// The maximum time span of the lines in a frame, in milliseconds.
    public static let frameMS: Int64 = 1_000
    /// The size at which a frame is written, in bytes before compression.
    public static let frameBytes = 256 << 10

    /// The number of lines that could not be written, without the lines of keyframes.
    public private(set) var lost = 0
    /// Whether a write failed and no keyframe has been written since, so that the file does not
    /// have the present state.
    public var isStopped: Bool { stoppedAt != nil }
    /// The number of times that the file was created again after it was removed or moved.
    public private(set) var restarts = 0
    /// The reason why a removed or moved file cannot be created again; `nil` if the file is in
    /// place.
    public private(set) var misplaced: String?
    /// The number of lines written, including the header and the keyframes.
    public private(set) var written = 0
    /// The number of bytes written.
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
    /// The time of the first failed write since the last keyframe, in Unix milliseconds; `nil` if
    /// none failed.
    private var stoppedAt: Int64?
    private var isInKeyframe = false

    /// Creates a recording and writes its header. It throws ``Failed`` if the file exists.
    ///
    /// - Parameter keyframeMS: the interval between keyframes in milliseconds.
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

    /// Checks that the file is still at its path, and creates it again if it was removed or moved.
    /// Call it once a second. After a new file, a keyframe is due. While the file cannot be
    /// created, lines are lost.
    ///
    /// - Parameter time: the present time in Unix milliseconds, for the header of a new file.
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

    /// Whether a keyframe is due. It is due one keyframe interval after the last one, but not
    /// before four times the last one's bytes have been written. After a failed write it is due
    /// every 2 s until one is written.
    public func isKeyframeDue(at: Int64) -> Bool {
        guard lastKeyframe != .min else { return true }
        if let stoppedAt { return at - stoppedAt >= Self.retryMS }
        return at - lastKeyframe >= keyframeMS && bytes - keyframeEnd >= 4 * keyframeBytes
    }

    /// Writes the lines of a keyframe at the start of a new frame. All lines count with the time of
    /// the keyframe.
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

    /// Writes lines. In a compressed file they may be buffered until their frame is complete.
    public func write(_ lines: some Sequence<Line>) {
        for line in lines { append(line, at: line.at) }
        if compressor == nil { flush() }
    }

    /// Writes a batch of lines. The original bytes from the hub, if any, are written without
    /// decoding.
    public func write(_ batch: LineBatch) {
        guard let bytes = batch.bytes else { return write((try? batch.decoded()) ?? []) }
        append(batch.times) {
            $0.append(contentsOf: bytes)
            return batch.count
        }
        if compressor == nil { flush() }
    }

    private func append(_ line: Line, at: Int64?) {
        append(at.map { $0...$0 }) { line.encodeWhole(into: &$0) }
    }

    /// Appends lines. `write` returns their number.
    private func append(_ times: ClosedRange<Int64>?, _ write: (inout [UInt8]) -> Int) {
        if let times {
            if let first = frame.first, times.upperBound - first >= Self.frameMS { flush() }
            frame.first = min(frame.first ?? times.lowerBound, times.lowerBound)
            frame.last = max(frame.last ?? times.upperBound, times.upperBound)
        }
        frame.lines += write(&frame.bytes)
        if frame.bytes.count >= Self.frameBytes { flush() }
    }

    /// Writes the buffered lines. Call it once a second and at the end.
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
