import Fleet
import ResilienceWire

extension Fleet.Standing {
    /// Who gave it.
    var who: String { order.who ?? "an operator" }

    /// Whether the row's breaker is in the state that this asks for.
    func isInForce(at row: Row) -> Bool {
        guard holds, let breaker = row.breaker, breaker.by == .operator, let address else {
            return false
        }
        switch order.order {
        case .open: guard breaker.state == .forcedOpen else { return false }
        case .disable: guard breaker.state == .disabled else { return false }
        case .reset, .halfOpen, .enable, .setLimit, .tap, .unknown: return false
        }
        return row.members.contains { address.includes($0.id, row.id.strategy) }
    }
}
