import Glibc
public import ResilienceWire

/// Writes the stream's lines to a file: a header, then keyframes and what happens between them.
///
/// What was written is whole lines: a write that the disk does not take is taken back to the last
/// line's end and tried again with the next one.
public final class RecordingWriter {
    /// A file that cannot be made.
    public struct Failed: Error, Equatable, Sendable, CustomStringConvertible {
        /// What failed, where and why.
        public let description: String
    }

    /// The time between keyframes, in milliseconds.
    public static let keyframeMS: Int64 = 10_000

    /// Lines that the disk did not take.
    public private(set) var lost = 0
    /// Lines written, the header and the keyframes' included.
    public private(set) var written = 0
    /// Bytes written.
    public private(set) var bytes: Int64 = 0

    private var file: LineFile
    private var buffer: [UInt8] = []
    private var lastKeyframe: Int64 = .min
    private var keyframeBytes: Int64 = 0
    private var keyframeEnd: Int64 = 0

    /// Begins a recording; a file that exists is not overwritten.
    public init(path: String, fusebox: String, at: Int64) throws(Failed) {
        do throws(LineFile.Failed) {
            file = try LineFile(path, isNew: true)
        } catch {
            let why =
                error.errno == EEXIST
                ? "it exists already; choose another name" : error.description
            throw Failed(description: "cannot record to \(path): \(why)")
        }
        write([Line(at: at, .recording(RecordingHeader(fusebox: fusebox)))])
    }

    /// Whether it is time for a keyframe: 10 s after the last one, and not before four times its
    /// bytes have been written.
    public func isKeyframeDue(at: Int64) -> Bool {
        guard lastKeyframe != .min else { return true }
        return at - lastKeyframe >= Self.keyframeMS && bytes - keyframeEnd >= 4 * keyframeBytes
    }

    /// Writes a keyframe's lines.
    public func writeKeyframe(_ lines: some Sequence<Line>, at: Int64) {
        let before = bytes
        write(lines)
        lastKeyframe = at
        keyframeBytes = bytes - before
        keyframeEnd = bytes
    }

    /// Writes lines as they are.
    public func write(_ lines: some Sequence<Line>) {
        buffer.removeAll(keepingCapacity: true)
        var count = 0
        for line in lines {
            line.encode(into: &buffer)
            count += 1
        }
        do throws(LineFile.Failed) {
            try file.append(buffer)
            written += count
            bytes += Int64(buffer.count)
        } catch {
            lost += count
        }
    }
}
