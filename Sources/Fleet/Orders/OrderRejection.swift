public import ResilienceWire

/// The reason why an agent will refuse an order, predicted from its declarations. The agent
/// decides: its state may have changed since its last line.
public enum OrderRejection: Equatable, Sendable, CustomStringConvertible {
    /// The strategy lacks something. The text has no subject: `has no circuit breaker`.
    case lacking(String)
    /// A value or state forbids the order. The text is a clause: `max_attempts is at least 1, not
    /// 0`.
    case refusing(String)

    /// The reason as a clause: `it has no circuit breaker`.
    public var description: String {
        switch self {
        case .lacking(let words): "it \(words)"
        case .refusing(let words): words
        }
    }

    /// The reason with the strategy's name: `search:vec/qdrant has no circuit breaker`.
    public func words(at name: String) -> String {
        switch self {
        case .lacking(let words): "\(name) \(words)"
        case .refusing(let words): "\(name): \(words)"
        }
    }
}

extension StrategyRecord {
    /// The reason why the agent will refuse an order; `nil` if none is known.
    ///
    /// Dialogs, dry runs and the hub's standing orders all ask this function. The agent decides all
    /// the same: an order that is sent may still be refused.
    ///
    /// - Parameter ifVersion: the version that the breaker must have; ignored for limits and taps.
    public func rejection(of order: Order, ifVersion: Int? = nil) -> OrderRejection? {
        guard let action = order.action else { return .lacking("does not know '\(order.word)'") }
        if let rejection = rejection(of: action) { return rejection }
        switch order {
        case .open, .reset, .halfOpen, .disable, .enable:
            return breaker?.rejection(of: order, ifVersion: ifVersion)
        case .setLimit(let name, let value):
            guard let limit = limits.first(where: { $0.name == name }) else {
                let names = limits.map(\.name).joined(separator: ", ")
                return .lacking("has no limit \(name); it has \(names.isEmpty ? "none" : names)")
            }
            return value.flatMap { limit.rejection(of: $0) }
        case .tap, .unknown:
            return nil
        }
    }

    /// The reason why the strategy does not support an action; `nil` if it does.
    public func rejection(of action: Action) -> OrderRejection? {
        if action.needsBreaker, breaker == nil { return .lacking("has no circuit breaker") }
        return can.contains(action) ? nil : .lacking("does not offer \(action.words)")
    }
}

extension StrategyRecord.Breaker {
    fileprivate func rejection(of order: Order, ifVersion: Int?) -> OrderRejection? {
        if let ifVersion, ifVersion != version {
            return .refusing("the breaker is at version \(version), not \(ifVersion)")
        }
        // These cases follow the transition table of the protocol.
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
    /// The reason why the agent refuses a value; `nil` if it accepts it.
    ///
    /// - Parameter text: the value as it was typed.
    public func rejection(of value: Double, typed text: String? = nil) -> OrderRejection? {
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

    /// Whether only whole numbers are accepted. This is so if the limit has a unit other than
    /// `share` and its value and bounds are whole.
    public var isWhole: Bool {
        guard let unit, unit != "share" else { return false }
        return [value, min, max].allSatisfy { $0.map { $0 == $0.rounded() } ?? true }
    }
}

extension Action {
    /// Whether the action needs a circuit breaker.
    public var needsBreaker: Bool {
        switch self {
        case .open, .reset, .halfOpen, .disable, .enable: true
        case .setLimit, .tap: false
        }
    }

    /// The name of the action on the operator's screen.
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
