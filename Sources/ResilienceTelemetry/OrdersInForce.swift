import ResilienceWire
import Sockets

/// The orders of a hub's orders file that are for this agent.
struct OrdersInForce {
    private let agent: String
    private(set) var revision: String?
    /// Oldest first, by strategy.
    private var orders: [String: [AgentOrder]] = [:]

    init(for agent: String) {
        self.agent = agent
    }

    /// Replaces the orders by those of a file.
    mutating func take(_ file: OrdersFile.Contents) {
        revision = file.revision
        let own = file.orders.filter { $0.matches(agent: agent, strategy: $0.strategy) }
        orders = Dictionary(grouping: own, by: \.strategy)
    }

    /// The orders for a new strategy: the latest for its breaker and for each limit.
    func orders(for strategy: String) -> [AgentOrder] {
        var latest: [String: AgentOrder] = [:]
        for order in orders[strategy] ?? [] {
            if case .setLimit(let name, _) = order.order {
                latest["limit " + name] = order
            } else {
                latest["breaker"] = order
            }
        }
        return latest.values.sorted { $0.id < $1.id }
    }
}
