/// The first line of a recording.
public struct RecordingHeader: Equatable, Sendable {
    /// The recording format's version, 1.
    public var version: Int
    /// The version of fusebox that wrote it.
    public var fusebox: String

    /// The header of a recording.
    public init(version: Int = 1, fusebox: String) {
        self.version = version
        self.fusebox = fusebox
    }
}
