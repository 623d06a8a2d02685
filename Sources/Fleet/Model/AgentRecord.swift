public import ResilienceWire

/// The state of one instance of an agent.
public struct AgentRecord: Equatable, Sendable {
    /// The agent's name and the instance.
    public internal(set) var id: InstanceID
    /// The process id, as the agent reports it.
    public internal(set) var pid: Int
    /// The client library and its version.
    public internal(set) var client: String
    /// The interval at which the instance intends to send deltas, in milliseconds.
    public internal(set) var intervalMS: Int
    /// The connection state: up, stale or gone.
    public internal(set) var state: AgentState
    /// The start of this state in Unix milliseconds.
    public internal(set) var since: Int64
    /// The reason why the instance is gone; empty otherwise.
    public internal(set) var why = ""
    /// The number of events that were lost before they reached the hub.
    public internal(set) var lost: Int
    /// The strategies, by name.
    public internal(set) var strategies: [String: StrategyRecord] = [:]

    /// Whether the instance ended normally: it sent `bye` or connected again.
    public var leftByItself: Bool { why == "said bye" || why == "connected again" }

    init(_ id: InstanceID, _ up: AgentUp, at: Int64) {
        self.id = id
        pid = up.pid
        client = up.client
        intervalMS = up.intervalMS
        state = up.state
        since = at
        lost = up.lost
        why = up.why
    }

    /// Records that the instance is connected, possibly again, with the process data that it
    /// reports.
    mutating func rise(_ up: AgentUp, at: Int64) {
        pid = up.pid
        client = up.client
        intervalMS = up.intervalMS
        state = .up
        since = at
        why = ""
    }

    /// Clears limits and actions when the instance is gone: no command can reach it. It declares
    /// them again if it returns.
    mutating func forgetWhatMayBeChanged() {
        for name in Array(strategies.keys) {
            strategies[name]?.limits = []
            strategies[name]?.can = []
        }
    }

    /// Changes a strategy, and creates an empty record if it was not declared yet.
    mutating func update(_ name: String, _ change: (inout StrategyRecord) -> Void) {
        change(&strategies[name, default: StrategyRecord(name)])
    }
}
