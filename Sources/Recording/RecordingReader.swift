import Glibc
public import ResilienceWire

/// Reads a recording line by line, plain or compressed; what is damaged is passed over and counted.
public final class RecordingReader {
    /// A file that is no recording.
    public struct Failed: Error, Equatable, Sendable, CustomStringConvertible {
        /// What was expected, what came, and where.
        public let description: String
    }

    private enum Format {
        case plain
        case frames(FrameReader)
    }

    /// What could not be read so far.
    public private(set) var damage = RecordingDamage()
    /// Lines read, the damaged ones included.
    public private(set) var lines = 0

    private let source: RecordingSource
    private let path: String
    private let format: Format
    private let omitsDeltas: Bool
    private lazy var cutter = makeCutter()
    private var ready: [Line] = []
    /// How many of these were taken.
    private var taken = 0
    private var isAtEnd = false

    /// Opens a recording and reads its header; `-` is standard input.
    ///
    /// - Parameter omitsDeltas: whether deltas are passed over without a look at them.
    public init(path: String, omitsDeltas: Bool = false) throws(Failed) {
        self.path = path
        self.omitsDeltas = omitsDeltas
        guard let source = RecordingSource(path) else {
            throw Failed(
                description: "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        self.source = source
        _ = source.fill(4)
        format = FrameReader.recognises(source.bytes) ? .frames(FrameReader(source)) : .plain
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
        while taken == ready.count {
            guard !isAtEnd else { return nil }
            read()
        }
        defer { taken += 1 }
        return ready[taken]
    }

    /// Goes on at a place of the file at which a frame or a line begins, such as a
    /// ``RecordingIndex`` tells.
    public func seek(to offset: Int64) {
        source.seek(to: offset)
        cutter = makeCutter()
        ready = []
        taken = 0
        isAtEnd = false
    }

    private func makeCutter() -> LineCutter {
        var cutter = LineCutter(goesOnAfterLongLines: true)
        cutter.omitsDeltas = omitsDeltas
        return cutter
    }

    private func read() {
        switch format {
        case .plain:
            guard source.fill(1) else {
                isAtEnd = true
                damage.isCut = damage.isCut || cutter.pendingBytes > 0
                return
            }
            let bytes = source.bytes
            source.skip(bytes.count)
            cut(bytes)
        case .frames(let reader):
            take(reader.next())
        }
    }

    private func take(_ piece: FrameReader.Piece?) {
        switch piece {
        case .lines(let bytes):
            cut(bytes[...])
        case .lost(let lines):
            damage.frames += 1
            damage.lostLines = damage.lostLines.flatMap { sum in lines.map { sum + $0 } }
        case .cut(let bytes):
            cut(bytes[...])
            cutter = makeCutter()
            damage.isCut = true
        case nil:
            isAtEnd = true
            damage.isCut = damage.isCut || cutter.pendingBytes > 0
        }
    }

    private func cut(_ bytes: ArraySlice<UInt8>) {
        ready.removeAll(keepingCapacity: true)
        taken = 0
        bytes.withUnsafeBytes { bytes in
            cutter.append(bytes) { result in
                lines += 1
                switch result {
                case .success(let line):
                    ready.append(line)
                case .failure(let error):
                    damage.badLines += 1
                    if damage.first == nil { damage.first = "\(path):\(lines): \(error)" }
                }
            }
        }
    }
}
