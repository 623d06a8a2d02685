import Fleet
import ResilienceWire

extension Dialog {
    /// Creates the dialog for an order to the breakers of a row.
    init(
        _ kind: Kind, _ row: Row, in fleet: Fleet
    ) throws(OrderTarget.Rejected) {
        let target = try OrderTarget(row, offering: kind.action, in: fleet)
        switch kind {
        case .open, .reset, .probe: break
        case .limit(let limit):
            self.init(
                kind, row: row.id, strategy: target.strategy, target,
                effect: limit.effect(in: fleet, target.members),
                version: nil, offers: target.members.contains { $0.pins(limit) } ? .giveBack : nil)
            return
        }
        try target.refuse { strategy in kind.command.flatMap { strategy.rejection(of: $0) } }
        guard let breaker = row.breaker else {
            throw OrderTarget.Rejected(why: "\(target.name) has no circuit breaker")
        }
        let isFailing = row.minute.failed > 0 || breaker.state == .open
        let offersProbe =
            kind == .reset && breaker.state.holdsBack && isFailing
            && target.members.allSatisfy { $0.strategy.rejection(of: Order.halfOpen) == nil }
        // Forcing open has no version check. It must work in any state, also while the breaker
        // flaps.
        let one = target.members.count == 1 && kind != .open ? target.members.first : nil
        self.init(
            kind, row: row.id, strategy: target.strategy, target,
            effect: Self.effect(of: kind, row, breaker),
            version: one?.strategy.breaker?.version, offers: offersProbe ? .probeFirst : nil)
    }

    private static func effect(
        of kind: Kind, _ row: Row, _ breaker: StrategyRecord.Breaker
    ) -> String {
        let count = row.count(in: breaker.state)
        let share = row.connected.count > 1 ? " in \(count) of \(row.connected.count)" : ""
        let state = "\(breaker.state.label)\(share) now; "
        let calls = "about \(Format.rate(row.wantedRate)) calls/s"
        switch kind {
        case .open:
            switch breaker.state {
            case .forcedOpen where count == row.connected.count:
                return state + "\(calls) stay rejected, with a new time"
            case .open where count == row.connected.count:
                return state + "\(calls) stay rejected, without probes"
            case .closed, .open, .halfOpen, .forcedOpen, .disabled:
                return state + "\(calls) will be rejected"
            }
        case .reset:
            return breaker.state.holdsBack
                ? state + "\(calls) resume, with all counts cleared"
                : state + "its counts are cleared"
        case .probe:
            let probes = breaker.halfOpenCalls.map { Format.counted($0, "call") } ?? "a few calls"
            return state + "\(probes) at a time will go through as probes"
        case .limit: return ""
        }
    }
}

extension BreakerState {
    /// Whether all or most calls are rejected in this state.
    fileprivate var holdsBack: Bool {
        switch self {
        case .open, .halfOpen, .forcedOpen: true
        case .closed, .disabled: false
        }
    }
}

extension StrategyInstance {
    fileprivate func pins(_ limit: LimitReading) -> Bool {
        strategy.limits.contains { $0.name == limit.name && $0.pinned }
    }
}

extension LimitReading {
    /// The effect of setting or releasing the limit, as text.
    fileprivate func effect(in fleet: Fleet, _ members: [StrategyInstance]) -> String {
        let entry = LimitEntry(self, in: members, fleet)
        let now = "now \(entry.value), by \(entry.who); "
        return now
            + (entry.isPinned
                ? "after a release, the strategy changes it by its own rule"
                : "a value applies from the next call and is pinned: the strategy does not "
                    + "change it until it is released")
    }
}
