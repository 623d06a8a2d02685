/// How a recording stands, as `record --json` prints it.
package struct RecordingProgress: Codable, Equatable {
    /// When it began, and the latest line, in Unix milliseconds by the hub's time.
    package let since: Int64
    package let at: Int64
    /// Lines written, and their bytes.
    package let lines: Int
    package let bytes: Int64
    /// Lines that the disk did not take.
    package let lost: Int
    /// Whether it did not take the last ones.
    package let isStopped: Bool
    /// How often the file was begun anew, since somebody removed or moved it.
    package var restarts = 0
    /// Why it cannot be; absent where the file is there.
    package var misplaced: String?

    package enum CodingKeys: String, CodingKey {
        case since, at, lines, bytes, lost, restarts, misplaced
        case isStopped = "stopped"
    }
}
