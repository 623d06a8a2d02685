/// A line of the stream: an instance of an agent connected or reconnected.
public struct AgentUp: Equatable, Sendable {
    /// The process id.
    public var pid: Int
    /// The client library and its version.
    public var client: String
    /// The interval at which the agent intends to send deltas, in milliseconds.
    public var intervalMS: Int
    /// In a keyframe, the present state: up, stale or gone; absent on the wire when up.
    public var state: AgentState
    /// The number of events lost on the way so far.
    public var lost: Int
    /// In a keyframe, why the instance is gone, at most 1,024 bytes.
    public var why: String

    /// Announces an instance to viewers.
    public init(
        pid: Int, client: String, intervalMS: Int, state: AgentState = .up, lost: Int = 0,
        why: String = ""
    ) {
        self.pid = pid
        self.client = client
        self.intervalMS = intervalMS
        self.state = state
        self.lost = lost
        self.why = why
    }
}

/// Whether the hub receives lines from an instance.
public enum AgentState: String, Equatable, Sendable, CaseIterable {
    /// Connected, and a line arrived within the last 15 s.
    case up
    /// Connected, but no line arrived for 15 s.
    case stale
    /// No longer connected.
    case gone
}
