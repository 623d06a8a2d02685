import ResilienceWire

extension Format {
    /// A breaker's state with the time until it probes: `open 22s`, `forced open 14m`; `-` without
    /// a breaker.
    package static func state(_ breaker: StrategyRecord.Breaker?, at: Int64) -> String {
        guard let breaker else { return "-" }
        let name = breaker.state.rawValue.replacing("_", with: " ")
        guard let probe = breaker.probeAt else { return name }
        return "\(name) \(countdown(probe - at))"
    }
}

extension BreakerState {
    /// The state in lower case, as in `closed -> half open`.
    package var words: String {
        switch self {
        case .closed: "closed"
        case .open: "open"
        case .halfOpen: "half open"
        case .forcedOpen: "forced open"
        case .disabled: "disabled"
        }
    }

    /// The state as one short word for the table.
    package var label: String {
        switch self {
        case .closed: "CLOSED"
        case .open: "OPEN"
        case .halfOpen: "HALF"
        case .forcedOpen: "FORCED"
        case .disabled: "DISABLED"
        }
    }
}
