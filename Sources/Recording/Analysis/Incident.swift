public import ResilienceWire

/// A time in which calls of a strategy were not served, and what was done about it.
public struct Incident: Equatable, Sendable {
    /// What an operator did.
    public struct Act: Equatable, Sendable {
        /// Unix milliseconds.
        public let at: Int64
        /// The command, with who and why.
        public let command: Command
        /// What came of it at the instances, in the order in which they answered.
        public internal(set) var outcomes: [CommandStatus] = []
    }

    /// The agent's name.
    public let agent: String
    /// The strategy's name.
    public let strategy: String
    /// Unix milliseconds of the first transition.
    public let start: Int64
    /// Unix milliseconds at which the last of its breakers closed; `nil` where that is not recorded.
    public internal(set) var end: Int64?
    /// Why its first breaker opened.
    public let cause: String
    /// Whether an operator or the agent's own code opened it, not the strategy's rule.
    public let by: Author
    /// How often a breaker opened.
    public internal(set) var opens = 0
    /// Instances whose breaker opened.
    public internal(set) var instances: Set<InstanceID> = []
    /// What was counted meanwhile, in all instances of the agent.
    public internal(set) var counters = Counters()
    /// What operators did, oldest first.
    public internal(set) var acts: [Act] = []

    /// Calls that failed or were rejected.
    public var callsLost: Int { counters.failed + counters.rejected }
}
