/// What an operator orders a strategy to do.
public enum Order: Equatable, Sendable {
    /// Force the breaker open: for a time in milliseconds, after which it probes, or until a
    /// reset.
    case open(forMS: Int64?)
    case reset
    case halfOpen
    case disable
    case enable
    /// Set and pin a limit; without a value (`"auto":true`), release it to the strategy.
    case setLimit(name: String, value: Double?)
    /// Send `call` lines for a time in milliseconds.
    case tap(forMS: Int64?)
    /// An order that this version does not know, with its word on the wire. An agent answers
    /// `unsupported`.
    case unknown(String)
}

extension Order {
    /// The action that the order needs; `nil` if this version does not know the order.
    public var action: Action? {
        switch self {
        case .open: .open
        case .reset: .reset
        case .halfOpen: .halfOpen
        case .disable: .disable
        case .enable: .enable
        case .setLimit: .setLimit
        case .tap: .tap
        case .unknown: nil
        }
    }

    /// The order's name on the wire.
    public var word: String {
        if case .unknown(let word) = self { word } else { action?.rawValue ?? "" }
    }
}
