import Fleet
import ResilienceWire

extension Fleet.Standing {
    /// Who gave it.
    var who: String { order.who ?? "an operator" }

    /// Whether the row's breaker is in the state that this asks for.
    func isInForce(at row: Row) -> Bool {
        guard holds, let state = row.breaker?.state, let address else { return false }
        switch order.order {
        case .open: guard state == .forcedOpen else { return false }
        case .disable: guard state == .disabled else { return false }
        case .reset, .halfOpen, .enable, .setLimit, .tap, .unknown: return false
        }
        return row.heard.contains { member in
            guard let breaker = member.strategy.breaker else { return false }
            return breaker.state == state && breaker.by == .operator
                && address.includes(member.id, member.strategy.name)
        }
    }
}
