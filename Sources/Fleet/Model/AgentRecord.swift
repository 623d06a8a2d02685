public import ResilienceWire

/// What is known of one running instance of an agent.
public struct AgentRecord: Equatable, Sendable {
    /// The agent's name and the instance.
    public internal(set) var id: InstanceID
    /// The process id, by the agent's own word.
    public internal(set) var pid: Int
    /// The client library and its version.
    public internal(set) var client: String
    /// How often it means to send deltas, in milliseconds.
    public internal(set) var intervalMS: Int
    /// Whether it is heard from.
    public internal(set) var state: AgentState
    /// Unix milliseconds since which it is in this state.
    public internal(set) var since: Int64
    /// Why it is gone.
    public internal(set) var why = ""
    /// Events that were lost on the way.
    public internal(set) var lost: Int
    /// The strategies, by name.
    public internal(set) var strategies: [String: StrategyRecord] = [:]

    /// Whether it said bye, or is connected anew: no problem.
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

    /// It is connected (again), by the process that it says.
    mutating func rise(_ up: AgentUp, at: Int64) {
        pid = up.pid
        client = up.client
        intervalMS = up.intervalMS
        state = .up
        since = at
        why = ""
    }

    /// It is gone: nothing can be changed there, and if it comes back it declares everything anew.
    mutating func forgetWhatMayBeChanged() {
        for name in Array(strategies.keys) {
            strategies[name]?.limits = []
            strategies[name]?.can = []
        }
    }

    /// Changes a strategy; one that was not declared yet begins without facets.
    mutating func update(_ name: String, _ change: (inout StrategyRecord) -> Void) {
        change(&strategies[name, default: StrategyRecord(name)])
    }
}
