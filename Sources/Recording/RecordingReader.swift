import Glibc
public import ResilienceWire

/// Reads a recording line by line; what is damaged is passed over and counted.
public final class RecordingReader {
    /// A file that is no recording.
    public struct Failed: Error, Equatable, Sendable, CustomStringConvertible {
        /// What was expected, what came, and where.
        public let description: String
    }

    /// What could not be read.
    public struct Damage: Equatable, Sendable, CustomStringConvertible {
        /// Lines that are none.
        public internal(set) var badLines = 0
        /// The first of them: its number, and what is wrong with it.
        public internal(set) var first: String?
        /// The file ends within a line.
        public internal(set) var isCut = false

        /// Whether nothing was lost.
        public var isNone: Bool { badLines == 0 && !isCut }

        /// What was lost.
        public var description: String {
            var parts: [String] = []
            if badLines > 0 {
                parts.append("\(badLines) damaged lines were passed over (\(first ?? ""))")
            }
            if isCut { parts.append("the file ends within a line, which was lost") }
            return parts.joined(separator: "; ")
        }
    }

    /// What could not be read so far.
    public private(set) var damage = Damage()
    /// Lines read, the damaged ones included.
    public private(set) var lines = 0

    private let descriptor: Int32
    private let path: String
    private var cutter = LineCutter()
    private var ready: ArraySlice<Line> = []
    private var isAtEnd = false

    /// Opens a recording and reads its header; `-` is standard input.
    public init(path: String) throws(Failed) {
        self.path = path
        descriptor = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failed(
                description: "cannot read \(path): \(String(cString: strerror(errno)))")
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

    deinit {
        close(descriptor)
    }

    /// The next line; `nil` at the end.
    public func next() -> Line? {
        while ready.isEmpty, !isAtEnd { read() }
        return ready.popFirst()
    }

    private func read() {
        var chunk = [UInt8](repeating: 0, count: 256 * 1_024)
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        guard count > 0 else {
            if count < 0, errno == EINTR { return }
            isAtEnd = true
            damage.isCut = cutter.pendingBytes > 0
            return
        }
        var found: [Line] = []
        chunk.withUnsafeBytes { bytes in
            cutter.append(UnsafeRawBufferPointer(rebasing: bytes[..<count])) { result in
                lines += 1
                switch result {
                case .success(let line):
                    found.append(line)
                case .failure(let error):
                    damage.badLines += 1
                    if damage.first == nil { damage.first = "\(path):\(lines): \(error)" }
                }
            }
        }
        ready = found[...]
    }
}
