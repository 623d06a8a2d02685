/// What of a recording could not be read.
public struct RecordingDamage: Equatable, Sendable, CustomStringConvertible {
    /// Lines that are none.
    public internal(set) var badLines = 0
    /// The first of them: its number, and what is wrong with it.
    public internal(set) var first: String?
    /// Frames that are damaged.
    public internal(set) var frames = 0
    /// The lines of these; `nil` where nobody can know.
    public internal(set) var lostLines: Int? = 0
    /// Those of them that unpack to more than a recording's frame may.
    public internal(set) var refused = 0
    /// The file ends within a line or a frame.
    public internal(set) var isCut = false

    /// Nothing.
    public init() {}

    /// Whether nothing was lost.
    public var isNone: Bool { badLines == 0 && frames == 0 && !isCut }

    /// What was lost.
    public var description: String {
        var parts: [String] = []
        if badLines > 0 {
            let lines = badLines == 1 ? "1 damaged line was" : "\(badLines) damaged lines were"
            parts.append("\(lines) passed over (\(first ?? ""))")
        }
        if frames > 0 {
            let lines = lostLines.map { "\($0) lines" } ?? "nobody knows how many lines"
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
