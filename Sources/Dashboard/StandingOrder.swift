import Fleet
import ResilienceWire

/// An operator's order that a breaker follows, as the journal tells of it.
struct StandingOrder: Equatable, Sendable {
    let address: Address
    let order: Command.Order
    let who: String
    let reason: String?

    /// The orders in the journal that hold a breaker, oldest first.
    static func all(in fleet: Fleet) -> [StandingOrder] {
        fleet.journal.compactMap { line in
            guard case .command(let command) = line.message,
                case .address(let text) = command.target, let address = try? Address(text)
            else { return nil }
            switch command.order {
            case .open, .disable:
                return StandingOrder(
                    address: address, order: command.order, who: command.who ?? "an operator",
                    reason: command.reason)
            case .reset, .halfOpen, .enable, .setLimit, .tap: return nil
            }
        }
    }

    /// Whether the row's breaker is in the state that this asked for.
    func holds(for row: Row) -> Bool {
        guard let breaker = row.breaker, breaker.by == .operator,
            address.strategy == row.id.strategy
        else { return false }
        switch order {
        case .open: guard breaker.state == .forcedOpen else { return false }
        case .disable: guard breaker.state == .disabled else { return false }
        case .reset, .halfOpen, .enable, .setLimit, .tap: return false
        }
        return row.members.contains { covers($0.id) }
    }

    private func covers(_ id: InstanceID) -> Bool {
        switch address.agents {
        case .all: true
        case .named(let name): id.agent == name
        case .instance(let name, let prefix):
            id.agent == name && id.instance.hasPrefix(prefix)
        }
    }
}
