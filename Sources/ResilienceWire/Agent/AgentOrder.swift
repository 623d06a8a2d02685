/// An order in the hub's orders file: it holds for strategies that agents create later.
///
/// The file is `agent/orders.ndjson` beside the agents' socket. It holds an ``HubToAgentMessage/orders(revision:)``
/// line, then one ``HubToAgentMessage/order(_:)`` line for each order, oldest first. An agent applies
/// the last one that matches to a new strategy, before the strategy's first call.
public struct AgentOrder: Equatable, Sendable {
    /// The identity of the standing order, 1 to 128 bytes. The agent's ``Ack`` carries it.
    public var id: String
    /// The agents: a name, `*` for all, or a prefix of names that ends in `/*`.
    public var agents: String
    /// Agents that are excepted, in the same forms.
    public var except: [String]
    /// The strategy, by the name that the agent uses.
    public var strategy: String
    /// What the strategy is to do: ``Order/open(forMS:)``, ``Order/disable`` or
    /// ``Order/setLimit(name:value:)``.
    public var order: Order
    /// When it ends, in Unix milliseconds; absent if it holds until an operator ends it.
    public var until: Int64?
    /// Why, in the operator's words, at most 1,024 bytes.
    public var reason: String?

    /// The largest orders file that an agent reads, in bytes.
    public static let fileBytes = 1_000_000

    /// Creates an order for agents.
    public init(
        id: String, agents: String, except: [String] = [], strategy: String, order: Order,
        until: Int64? = nil, reason: String? = nil
    ) {
        self.id = id
        self.agents = agents
        self.except = except
        self.strategy = strategy
        self.order = order
        self.until = until
        self.reason = reason
    }

    /// Whether the order is for a strategy of an agent.
    public func matches(agent: String, strategy: String) -> Bool {
        strategy == self.strategy && Self.matches(agents, agent)
            && !except.contains { Self.matches($0, agent) }
    }

    private static func matches(_ pattern: String, _ agent: String) -> Bool {
        if pattern == "*" { return true }
        return pattern.hasSuffix("/*") ? agent.hasPrefix(pattern.dropLast()) : agent == pattern
    }
}
