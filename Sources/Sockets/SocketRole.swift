/// The role of a peer, which decides its socket and what it may do.
public enum SocketRole: String, Sendable, CaseIterable {
    /// Agents push telemetry, receive commands and acknowledge them.
    case agent
    /// Viewers read the stream.
    case view
    /// Operators read the stream and send commands.
    case `operator`
}
