/// The first line of an agent, which identifies its process.
public struct Hello: Equatable, Sendable {
    /// The protocol's version, 1.
    public var version: Int
    /// The agent's name and this process's instance.
    public var id: InstanceID
    /// The process id, 0 to 2^31 - 1.
    public var pid: Int
    /// The client library and its version, such as `fusebox-swift/0.1`; 0 to 128 bytes.
    public var client: String
    /// The interval at which the agent intends to send deltas, in milliseconds, 1 to 3,600,000.
    public var intervalMS: Int

    /// Introduces an agent's process.
    public init(
        version: Int = 1, id: InstanceID, pid: Int, client: String, intervalMS: Int = 500
    ) {
        self.version = version
        self.id = id
        self.pid = pid
        self.client = client
        self.intervalMS = intervalMS
    }
}

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

/// The hub's reason for closing a connection: `{"t":"error"}`.
public struct Refusal: Equatable, Sendable {
    /// A short, stable code for programs.
    public var code: String
    /// The problem and what was expected, for people.
    public var detail: String

    /// A refusal with its reason.
    public init(code: String, detail: String) {
        self.code = code
        self.detail = detail
    }
}

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
