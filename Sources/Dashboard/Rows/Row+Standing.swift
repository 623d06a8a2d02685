import Fleet
import ResilienceWire

extension Fleet.Standing {
    /// The operator who gave the order.
    var who: String { order.who ?? "an operator" }

    /// Whether the order matches these members and their breaker is in the state that it asks for.
    func isInForce(at members: [StrategyInstance]) -> Bool {
        guard holds, let state = members.breaker?.state else { return false }
        switch order.order {
        case .open: guard state == .forcedOpen else { return false }
        case .disable: guard state == .disabled else { return false }
        case .reset, .halfOpen, .enable, .setLimit, .tap, .unknown: return false
        }
        return members.responsive.contains { member in
            guard let breaker = member.strategy.breaker else { return false }
            return breaker.state == state && breaker.by == .operator
                && address.includes(member.id, member.strategy.name)
        }
    }
}
