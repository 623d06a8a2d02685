/// The progress of a recording, as `record --json` prints it.
package struct RecordingProgress: Codable, Equatable {
    /// The times of the first and the latest line, in Unix milliseconds of the hub's clock.
    package let since: Int64
    package let at: Int64
    /// The number of lines written, and their size in bytes.
    package let lines: Int
    package let bytes: Int64
    /// The number of lines that the disk did not accept.
    package let lost: Int
    /// Whether the latest lines were not accepted.
    package let isStopped: Bool
    /// How often a new file was started because the file was deleted or moved.
    package var restarts = 0
    /// Why no new file can be started; absent while the file exists.
    package var misplaced: String?

    package enum CodingKeys: String, CodingKey {
        case since, at, lines, bytes, lost, restarts, misplaced
        case isStopped = "stopped"
    }
}
