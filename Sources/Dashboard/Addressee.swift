import Fleet
import ResilienceWire

/// Whom an order to a row goes to.
struct Addressee: Sendable {
    /// Why there is nothing to ask.
    struct Impossible: Error, Equatable {
        let why: String
    }

    /// The row's name, for people.
    let name: String
    /// The address that the command goes to.
    let address: String
    /// The strategy in every connected instance that the address covers; at least one.
    let members: [Member]

    /// The instances.
    var instances: [InstanceID] { members.map(\.id) }

    /// Whom the row covers, if all of them offer the action.
    init(_ row: Row, offering action: Action, in fleet: Fleet) throws(Impossible) {
        name = "\(row.id.agent):\(row.id.strategy)"
        members = row.connected
        guard let first = members.first else {
            throw Impossible(why: "\(row.id.agent) is gone: there is nobody to tell")
        }
        if action.needsBreaker, row.breaker == nil {
            throw Impossible(why: "\(name) has no breaker")
        }
        for member in members where !member.strategy.can.contains(action) {
            let who = members.count > 1 ? member.id.short : row.id.agent
            throw Impossible(
                why: "\(who) does not offer \(action.words) for \(row.id.strategy)")
        }
        address =
            members.count == 1
            ? fleet.address(of: first.id, row.id.strategy)
            : Address(agent: row.id.agent, strategy: row.id.strategy).description
    }
}

extension Action {
    fileprivate var needsBreaker: Bool {
        switch self {
        case .open, .reset, .halfOpen, .disable, .enable: true
        case .setLimit, .tap: false
        }
    }

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
