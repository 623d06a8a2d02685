import Fleet
import ResilienceWire

extension Dialog {
    /// Why there is nothing to ask.
    struct Impossible: Error, Equatable {
        let why: String
    }

    /// The question about an order to a row's breakers.
    init(
        _ order: Order, _ row: Row, in fleet: Fleet, at now: Int64
    ) throws(Impossible) {
        let name = "\(row.id.agent):\(row.id.strategy)"
        let connected = row.connected
        guard let first = connected.first else {
            throw Impossible(why: "\(row.id.agent) is gone: there is nobody to tell")
        }
        guard let breaker = row.breaker else { throw Impossible(why: "\(name) has no breaker") }
        for member in connected where !member.strategy.can.contains(order.action) {
            let who = connected.count > 1 ? member.id.short : row.id.agent
            throw Impossible(
                why: "\(who) does not offer \(order.action.words) for \(row.id.strategy)")
        }
        if order == .probe, breaker.state == .disabled {
            throw Impossible(why: "\(name) is disabled and cannot probe: reset it first (r)")
        }
        let isOne = connected.count == 1
        let address =
            isOne
            ? fleet.address(of: first.id, row.id.strategy)
            : Address(agent: row.id.agent, strategy: row.id.strategy).description
        let isFailing = row.minute.failed > 0 || breaker.state == .open
        self.init(
            order, row: row.id, address: address, instances: connected.map(\.id),
            effect: Self.effect(of: order, row, breaker),
            version: isOne ? first.strategy.breaker?.version : nil,
            offersProbe: order == .reset && breaker.state.holdsBack && isFailing
                && connected.allSatisfy { $0.strategy.can.contains(.halfOpen) })
    }

    private static func effect(
        of order: Order, _ row: Row, _ breaker: StrategyRecord.Breaker
    ) -> String {
        let count = row.count(in: breaker.state)
        let share = row.connected.count > 1 ? " in \(count) of \(row.connected.count)" : ""
        let state = "\(breaker.state.label)\(share) now; "
        let calls = "about \(Words.rate(row.wantedRate)) calls/s"
        switch order {
        case .open:
            return breaker.state == .forcedOpen
                ? state + "\(calls) stay rejected, with a new time"
                : state + "\(calls) will be rejected"
        case .reset:
            return breaker.state.holdsBack
                ? state + "\(calls) resume, with all counts cleared"
                : state + "its counts are cleared"
        case .probe:
            let probes = breaker.halfOpenCalls.map { Words.counted($0, "call") } ?? "a few calls"
            return state + "\(probes) at a time will go through as probes"
        }
    }
}

extension BreakerState {
    /// Whether calls are rejected, most of them at least.
    fileprivate var holdsBack: Bool {
        switch self {
        case .open, .halfOpen, .forcedOpen: true
        case .closed, .disabled: false
        }
    }
}

extension Action {
    fileprivate var words: String {
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

extension Fleet {
    /// The address of one instance: its first eight digits, and more where others begin so too.
    fileprivate func address(of id: InstanceID, _ strategy: String) -> String {
        let others = agents.keys.filter { $0.agent == id.agent && $0 != id }
        let longest = max(8, id.instance.count)
        let length = (8...longest).first { length in
            !others.contains { $0.instance.prefix(length) == id.instance.prefix(length) }
        }
        return "\(id.agent)@\(id.instance.prefix(length ?? longest)):\(strategy)"
    }
}
