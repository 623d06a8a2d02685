import Glibc
import HostSupport
public import ResilienceWire

/// Reads a plain or compressed recording line by line. It skips and counts damaged parts.
public final class RecordingReader {
    /// The error for a file that is not a recording.
    public struct Failed: Error, Equatable, Sendable, CustomStringConvertible {
        /// The message: the file, what was expected and what was found.
        public let description: String
    }

    private enum Format {
        case plain
        case frames(FrameReader, FramesAhead)
    }

    /// The bytes that are being split into lines.
    private struct Chunk {
        var cutter: LineCutter
        var bytes: [UInt8] = []
        var position = 0
        /// The offset of the bytes in the file.
        var offset: Int64 = 0
        /// The number of lines so far. `bad` is the number of malformed ones.
        var lines = 0
        var bad = 0

        mutating func next() throws(WireError) -> Line? {
            let bytes = bytes
            return try cutter.next(in: bytes.span, from: &position)
        }

        mutating func take(_ bytes: [UInt8], from offset: Int64) {
            self.bytes = bytes
            self.offset = offset
            position = 0
            (lines, bad) = (0, 0)
        }
    }

    /// A comparable position in a file. In a frame it includes the line number within the frame.
    private struct Place: Comparable {
        var offset: Int64
        var line = 0

        static func < (one: Place, other: Place) -> Bool {
            (one.offset, one.line) < (other.offset, other.line)
        }
    }

    /// The damage found so far.
    public private(set) var damage = RecordingDamage()
    /// The number of lines read, including damaged ones.
    public private(set) var lines = 0

    private let source: RecordingSource
    private let path: String
    private let format: Format
    private let omitsDeltas: Bool
    private var chunk: Chunk
    /// The lines that were decoded ahead, in reverse order.
    private var ready: [Line] = []
    private var isAtEnd = false
    /// The last position whose damage was counted, so that reading it again does not count it
    /// twice.
    private var counted = Place(offset: -1)

    /// Opens a recording and reads its header; `-` is standard input.
    ///
    /// - Parameter omitsDeltas: whether to skip deltas without decoding them.
    public init(path: String, omitsDeltas: Bool = false) throws(Failed) {
        self.path = path
        self.omitsDeltas = omitsDeltas
        chunk = Self.chunk(omitsDeltas)
        do throws(LineFile.Failed) {
            source = try RecordingSource(path)
        } catch {
            throw Failed(description: "cannot read \(path): \(error)")
        }
        _ = source.fill(4)
        if FrameReader.recognises(source.bytes) {
            let frames = FrameReader(source)
            format = .frames(frames, FramesAhead(frames, omitsDeltas: omitsDeltas))
        } else {
            format = .plain
        }
        guard let first = next() else {
            throw Failed(description: "\(path) holds no line; expected a recording")
        }
        guard case .recording(let header) = first.message else {
            throw Failed(
                description: "\(path) is no recording; its first line must be "
                    + #"{"t":"recording","v":1,...}"#)
        }
        guard header.version == 1 else {
            throw Failed(
                description: "\(path) has version \(header.version); this fusebox reads version 1")
        }
    }

    /// The next line; `nil` at the end.
    public func next() -> Line? {
        while true {
            if let line = ready.popLast() {
                lines += 1
                return line
            }
            do throws(WireError) {
                if let line = try chunk.next() {
                    lines += 1
                    chunk.lines += 1
                    return line
                }
                guard !isAtEnd else { return nil }
                read()
            } catch {
                lines += 1
                chunk.lines += 1
                chunk.bad += 1
                note(error, line: lines, at: chunkPlace)
                giveUpIfHopeless()
            }
        }
    }

    /// Whether decoding stops because most lines are malformed. A few bytes can unpack to millions of
    /// malformed lines.
    static func isHopeless(bad: Int, of lines: Int) -> Bool {
        bad > 100 && 2 * bad > lines
    }

    private func giveUpIfHopeless() {
        guard case .frames = format, Self.isHopeless(bad: chunk.bad, of: chunk.lines) else {
            return
        }
        let offset = chunk.offset
        chunk = Self.chunk(omitsDeltas)
        lose(nil, at: offset)
    }

    private var chunkPlace: Place {
        switch format {
        case .plain: Place(offset: chunk.offset + Int64(chunk.position))
        case .frames: Place(offset: chunk.offset, line: chunk.lines)
        }
    }

    /// Whether damage at a position is found for the first time.
    private func isNew(_ place: Place) -> Bool {
        guard place > counted else { return false }
        counted = place
        return true
    }

    private func note(_ error: WireError, line: Int, at place: Place, count: Int = 1) {
        guard isNew(place) else { return }
        damage.badLines += count
        if damage.first == nil { damage.first = "\(path):\(line): \(error)" }
    }

    /// Continues at an offset of the file at which a frame or a line starts, as found by a
    /// ``RecordingIndex``.
    public func seek(to offset: Int64) {
        source.seek(to: offset)
        chunk = Self.chunk(omitsDeltas)
        ready = []
        if case .frames(_, let ahead) = format { ahead.removeAll() }
        isAtEnd = false
    }

    private static func chunk(_ omitsDeltas: Bool) -> Chunk {
        var cutter = LineCutter(goesOnAfterLongLines: true, texts: .safe)
        cutter.omitsDeltas = omitsDeltas
        return Chunk(cutter: cutter)
    }

    private func read() {
        switch format {
        case .plain:
            guard source.fill(1) else { return end() }
            chunk.take(Array(source.bytes), from: source.position)
            source.skip(chunk.bytes.count)
        case .frames(let reader, let ahead):
            if let decoded = ahead.next() { return take(decoded) }
            let offset = reader.position
            switch reader.next() {
            case .lines(let bytes):
                chunk.take(bytes, from: offset)
            case .lost(let lines):
                lose(lines, at: offset)
            case .refused(let lines):
                lose(lines, at: offset, isRefused: true)
            case .cut(let bytes):
                chunk.take(bytes, from: offset)
                damage.isCut = true
            case nil:
                end()
            }
        }
    }

    private func take(_ decoded: FramesAhead.Decoded) {
        if decoded.isLost { return lose(decoded.told, at: decoded.offset) }
        if let (index, error) = decoded.firstBad {
            let place = Place(offset: decoded.offset, line: index)
            note(error, line: lines + index + 1, at: place, count: decoded.bad)
        }
        lines += decoded.bad
        ready = decoded.lines
        if decoded.isGivenUp { lose(nil, at: decoded.offset) }
    }

    /// - Parameter offset: the offset of the frame in the file.
    private func lose(_ lines: Int?, at offset: Int64, isRefused: Bool = false) {
        guard isNew(Place(offset: offset, line: .max)) else { return }
        damage.frames += 1
        if isRefused { damage.refused += 1 }
        damage.lostLines = damage.lostLines.flatMap { sum in lines.map { sum + $0 } }
    }

    private func end() {
        isAtEnd = true
        damage.isCut = damage.isCut || chunk.cutter.pendingBytes > 0
    }
}
