/// How a recording stands, as `record --json` prints it.
struct RecordingProgress: Codable, Equatable {
    /// When it began, and the latest line, in Unix milliseconds by the hub's time.
    var since: Int64 = 0
    var at: Int64 = 0
    /// Lines written, and their bytes.
    let lines: Int
    let bytes: Int64
    /// Lines that the disk did not take.
    let lost: Int
    /// Whether it did not take the last ones.
    let isStopped: Bool

    enum CodingKeys: String, CodingKey {
        case since, at, lines, bytes, lost
        case isStopped = "stopped"
    }
}
