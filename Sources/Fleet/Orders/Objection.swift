public import Fleet
public import ResilienceWire

extension StrategyRecord {
    /// Why its agent will refuse an order, as far as what it declares tells; `nil` where nothing speaks
    /// against it.
    public func objection(to order: Command.Order) -> String? {
        if order.action?.needsBreaker == true, breaker == nil { return "it has no circuit breaker" }
        guard order.action.map(can.contains) ?? false else {
            return "it does not offer \(order.action?.words ?? order.words)"
        }
        guard case .setLimit(let name, let value) = order else { return nil }
        guard let limit = limits.first(where: { $0.name == name }) else {
            let names = limits.map(\.name).joined(separator: ", ")
            return "it has no limit \(name); it has \(names.isEmpty ? "none" : names)"
        }
        return value.flatMap { limit.objection(to: $0, typed: Words.number($0)) }
    }
}

extension LimitReading {
    /// Why it does not take a value.
    ///
    /// - Parameter text: the value as whoever gave it knows it.
    func objection(to value: Double, typed text: String) -> String? {
        if let min, value < min { return "\(name) is at least \(Words.number(min)), not \(text)" }
        if let max, value > max { return "\(name) is at most \(Words.number(max)), not \(text)" }
        guard isWhole, value != value.rounded() else { return nil }
        return "\(name) is a whole number of \(unit ?? "things"), not \(text)"
    }
}
