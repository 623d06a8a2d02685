/// The parts of a recording that could not be read.
public struct RecordingDamage: Equatable, Sendable, CustomStringConvertible {
    /// The number of malformed lines.
    public internal(set) var badLines = 0
    /// The file, line number and error of the first malformed line.
    public internal(set) var first: String?
    /// The number of damaged frames.
    public internal(set) var frames = 0
    /// The number of lines in damaged frames; `nil` if unknown.
    public internal(set) var lostLines: Int? = 0
    /// The number of damaged frames whose content exceeds the limit.
    public internal(set) var refused = 0
    /// Whether the file ends within a line or a frame.
    public internal(set) var isCut = false

    /// Creates a value without damage.
    public init() {}

    /// Whether there is no damage.
    public var isNone: Bool { badLines == 0 && frames == 0 && !isCut }

    /// The damage as text.
    public var description: String {
        var parts: [String] = []
        if badLines > 0 {
            let lines = badLines == 1 ? "1 damaged line was" : "\(badLines) damaged lines were"
            parts.append("\(lines) passed over (\(first ?? ""))")
        }
        if frames > 0 {
            let lines = lostLines.map { "\($0) lines" } ?? "an unknown number of lines"
            let (frames, were) =
                frames == 1 ? ("1 damaged frame", "was") : ("\(frames) damaged frames", "were")
            parts.append("\(frames) with \(lines) \(were) passed over")
        }
        if refused > 0 {
            let (frames, unpack) =
                refused == 1 ? ("1 of them", "unpacks") : ("\(refused) of them", "unpack")
            parts.append(
                "\(frames) \(unpack) to more than \(ZstdDecompressor.limit >> 20) MiB, or the file to "
                    + "more than \(FrameAllowance.ratio) times its bytes: no recording does")
        }
        if isCut { parts.append("the file ends within a line or frame; it was read up to there") }
        return parts.joined(separator: "; ")
    }
}
