/// An operator's order, or a standing order that the hub gives again, as an agent receives it.
public struct AgentCommand: Equatable, Sendable {
    /// The command's identity, 1 to 128 bytes. An agent acts on it once, however often it arrives.
    public var id: String
    /// The strategy, by the name that the agent sent.
    public var strategy: String
    /// What the strategy is to do.
    public var order: Order
    /// The breaker version at which to act; at any other version the agent answers `conflict`.
    public var ifVersion: Int?
    /// The CLOCK_MONOTONIC time in milliseconds after which the agent does not act.
    public var expiresMonoMS: Int64?
    /// Why, in the operator's words, at most 1,024 bytes.
    public var reason: String?

    /// Creates a command for one strategy of one agent.
    public init(
        id: String, strategy: String, order: Order, ifVersion: Int? = nil,
        expiresMonoMS: Int64? = nil, reason: String? = nil
    ) {
        self.id = id
        self.strategy = strategy
        self.order = order
        self.ifVersion = ifVersion
        self.expiresMonoMS = expiresMonoMS
        self.reason = reason
    }
}
