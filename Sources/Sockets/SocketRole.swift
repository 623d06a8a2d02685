/// Who connects to a socket, and so what may be done there.
public enum SocketRole: String, Sendable, CaseIterable {
    /// Agents push telemetry, receive commands and acknowledge them.
    case agent
    /// Viewers read the stream.
    case view
    /// Operators read the stream and send commands.
    case `operator`
}
