import ResilienceWire
import Sockets

/// The orders of a hub's orders file that are for this agent, and those that it has applied.
struct OrdersInForce {
    /// An order that was applied to a strategy when the strategy was created.
    struct Applied: Equatable {
        let order: AgentOrder
        let strategy: String

        /// The order that undoes it.
        var release: Order {
            if case .setLimit(let name, _) = order.order {
                .setLimit(name: name, value: nil)
            } else {
                .reset
            }
        }
    }

    private let agent: String
    private(set) var revision: String?
    /// Oldest first, by strategy.
    private var orders: [String: [AgentOrder]] = [:]
    private var applied: [Applied] = []

    init(for agent: String) {
        self.agent = agent
    }

    /// Replaces the orders by those of a file.
    ///
    /// - Parameter now: the present time in Unix milliseconds.
    /// - Returns: the applied orders that an operator has ended: they have to be released. An order
    ///   whose time is over ends by itself.
    mutating func take(_ file: OrdersFile.Contents, now: Int64) -> [Applied] {
        revision = file.revision
        let own = file.orders.filter { $0.matches(agent: agent, strategy: $0.strategy) }
        orders = Dictionary(grouping: own, by: \.strategy)
        let ids = Set(own.map(\.id))
        let over = applied.filter { !ids.contains($0.order.id) }
        applied.removeAll { !ids.contains($0.order.id) }
        return over.filter { $0.order.until.map { $0 > now } ?? true }
    }

    /// The orders for a new strategy: the latest for its breaker and for each limit.
    func orders(for strategy: String) -> [AgentOrder] {
        var latest: [String: AgentOrder] = [:]
        for order in orders[strategy] ?? [] { latest[order.order.facet] = order }
        return latest.values.sorted { $0.id < $1.id }
    }

    /// Records that an order was applied to a strategy.
    mutating func apply(_ order: AgentOrder, to strategy: String) {
        applied.append(Applied(order: order, strategy: strategy))
    }

    /// Records a command, which replaces an order that was applied.
    mutating func command(_ order: Order, to strategy: String) {
        applied.removeAll { $0.strategy == strategy && $0.order.order.facet == order.facet }
    }
}

extension Order {
    /// The thing that the order controls.
    fileprivate var facet: String {
        if case .setLimit(let name, _) = self { "limit \(name)" } else { "breaker" }
    }
}
