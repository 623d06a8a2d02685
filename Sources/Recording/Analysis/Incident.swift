public import ResilienceWire

/// An incident: a period in which a strategy's breakers were open, with its cause, counts and
/// operator commands.
public struct Incident: Equatable, Sendable {
    /// A command that an operator gave.
    public struct Act: Equatable, Sendable {
        /// The time of the command in Unix milliseconds.
        public let at: Int64
        /// The command, with operator and reason.
        public let command: StreamCommand
        /// The outcomes at the instances, in the order of their answers.
        public internal(set) var outcomes: [CommandStatus] = []
    }

    /// The agent's name.
    public let agent: String
    /// The strategy's name.
    public let strategy: String
    /// The time of the first transition in Unix milliseconds.
    public let start: Int64
    /// The time at which the last breaker closed, in Unix milliseconds; `nil` if that is not
    /// recorded.
    public internal(set) var end: Int64?
    /// The reason why the first breaker opened.
    public let cause: String
    /// The author of the first opening: the strategy's policy, an operator or the agent's code.
    public let by: Author
    /// The number of times that a breaker opened.
    public internal(set) var opens = 0
    /// The instances whose breaker opened.
    public internal(set) var instances: Set<InstanceID> = []
    /// The counters over the incident, summed over all instances of the agent.
    public internal(set) var counters = Counters()
    /// The operators' commands, oldest first.
    public internal(set) var acts: [Act] = []

    /// Calls that failed or were rejected.
    public var callsLost: Int { counters.failed + counters.rejected }
}
