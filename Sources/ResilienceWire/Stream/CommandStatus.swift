/// The progress of a command at one instance.
public struct CommandStatus: Equatable, Sendable {
    /// The stages of a command that the hub reports.
    public enum Status: String, Equatable, Sendable, CaseIterable {
        case sent
        case acked
        case refused
        case timedOut = "timed_out"
        case noAgent = "no_agent"
        /// The agent answered after the command had timed out.
        case late
    }

    /// The command's identity.
    public var id: String
    /// The instance; absent if no agent was found. On the wire, the line's `agent` and `instance`.
    public var instance: InstanceID?
    /// The stage.
    public var status: Status
    /// Milliseconds from sending to the answer; absent where there is none.
    public var tookMS: Double?
    /// The agent's or the hub's words.
    public var detail: String?

    /// Creates a report of a stage.
    public init(
        id: String, instance: InstanceID? = nil, status: Status, tookMS: Double? = nil,
        detail: String? = nil
    ) {
        self.id = id
        self.instance = instance
        self.status = status
        self.tookMS = tookMS
        self.detail = detail
    }
}

/// A command has ended at every instance.
public struct CommandDone: Equatable, Sendable {
    /// The command's identity.
    public var id: String
    /// The number of instances that carried it out.
    public var acked: Int
    /// The number of instances that did not.
    public var failed: Int

    /// The end of a command.
    public init(id: String, acked: Int, failed: Int) {
        self.id = id
        self.acked = acked
        self.failed = failed
    }
}
