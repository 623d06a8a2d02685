/// How a recording stands, as `record --json` prints it.
struct RecordingProgress: Codable, Equatable {
    /// When it began, and the latest line, in Unix milliseconds by the hub's time.
    let since: Int64
    let at: Int64
    /// Lines written, and their bytes.
    let lines: Int
    let bytes: Int64
    /// Lines that the disk did not take.
    let lost: Int
    /// Whether it did not take the last ones.
    let isStopped: Bool
    /// How often the file was begun anew, since somebody removed or moved it.
    var restarts = 0
    /// Why it cannot be; absent where the file is there.
    var misplaced: String?

    enum CodingKeys: String, CodingKey {
        case since, at, lines, bytes, lost, restarts, misplaced
        case isStopped = "stopped"
    }
}
