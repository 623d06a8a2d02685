public import ResilienceWire

/// Why an agent will refuse an order, as far as its declarations tell. The agent has the last word: what it
/// did since its last line is not known here.
public enum OrderRejection: Equatable, Sendable, CustomStringConvertible {
    /// What the strategy lacks, without a subject: `has no circuit breaker`.
    case lacking(String)
    /// What speaks against the order, as a clause: `max_attempts is at least 1, not 0`.
    case refusing(String)

    /// What speaks against the order: `it has no circuit breaker`.
    public var description: String {
        switch self {
        case .lacking(let words): "it \(words)"
        case .refusing(let words): words
        }
    }

    /// What speaks against the order at a strategy with a name: `search:vec/qdrant has no circuit breaker`.
    public func words(at name: String) -> String {
        switch self {
        case .lacking(let words): "\(name) \(words)"
        case .refusing(let words): "\(name): \(words)"
        }
    }
}

extension StrategyRecord {
    /// Why its agent will refuse an order; `nil` where nothing speaks against it. The one rule for dialogs
    /// and for dry runs.
    ///
    /// - Parameter ifVersion: the version that the breaker must have; limits and taps have none.
    public func objection(to order: Command.Order, ifVersion: Int? = nil) -> OrderRejection? {
        guard let action = order.action else { return .lacking("does not know '\(order.word)'") }
        if let objection = objection(to: action) { return objection }
        switch order {
        case .open, .reset, .halfOpen, .disable, .enable:
            return breaker?.objection(to: order, ifVersion: ifVersion)
        case .setLimit(let name, let value):
            guard let limit = limits.first(where: { $0.name == name }) else {
                let names = limits.map(\.name).joined(separator: ", ")
                return .lacking("has no limit \(name); it has \(names.isEmpty ? "none" : names)")
            }
            return value.flatMap { limit.objection(to: $0) }
        case .tap, .unknown:
            return nil
        }
    }

    /// Why it cannot do an action at all; `nil` where it can.
    public func objection(to action: Action) -> OrderRejection? {
        if action.needsBreaker, breaker == nil { return .lacking("has no circuit breaker") }
        return can.contains(action) ? nil : .lacking("does not offer \(action.words)")
    }
}

extension StrategyRecord.Breaker {
    fileprivate func objection(to order: Command.Order, ifVersion: Int?) -> OrderRejection? {
        if let ifVersion, ifVersion != version {
            return .refusing("the breaker is at version \(version), not \(ifVersion)")
        }
        // As the table of the protocol has it.
        switch (order, state) {
        case (.halfOpen, .disabled):
            return .refusing("the breaker is disabled; enable or reset it first")
        case (.enable, .forcedOpen):
            return .refusing("the breaker is forced open; reset it instead")
        case (.open, _), (.reset, _), (.disable, _), (.setLimit, _), (.tap, _), (.unknown, _),
            (.halfOpen, .closed), (.halfOpen, .open), (.halfOpen, .halfOpen),
            (.halfOpen, .forcedOpen), (.enable, .closed), (.enable, .open), (.enable, .halfOpen),
            (.enable, .disabled):
            return nil
        }
    }
}

extension LimitReading {
    /// Why its agent does not take a value.
    ///
    /// - Parameter text: the value as it was typed.
    public func objection(to value: Double, typed text: String? = nil) -> OrderRejection? {
        let text = text ?? Format.number(value)
        if let min, !(value >= min) {
            return .refusing("\(name) is at least \(Format.number(min)), not \(text)")
        }
        if let max, !(value <= max) {
            return .refusing("\(name) is at most \(Format.number(max)), not \(text)")
        }
        guard isWhole, value != value.rounded() else { return nil }
        let what = unit.map { $0.isEmpty ? "" : " of \($0)" } ?? ""
        return .refusing("\(name) is a whole number\(what), not \(text)")
    }

    /// Whether only whole numbers are taken: of all but shares, unless its own numbers are not whole.
    public var isWhole: Bool {
        guard let unit, unit != "share" else { return false }
        return [value, min, max].allSatisfy { $0.map { $0 == $0.rounded() } ?? true }
    }
}

extension Action {
    /// Whether only a strategy with a circuit breaker can do it.
    public var needsBreaker: Bool {
        switch self {
        case .open, .reset, .halfOpen, .disable, .enable: true
        case .setLimit, .tap: false
        }
    }

    /// The action as operators know it.
    public var words: String {
        switch self {
        case .open: "open"
        case .reset: "reset"
        case .halfOpen: "probe"
        case .disable: "disable"
        case .enable: "enable"
        case .setLimit: "limits"
        case .tap: "tap"
        }
    }
}
