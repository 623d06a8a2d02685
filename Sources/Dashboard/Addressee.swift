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

    /// The one strategy that it covers.
    let strategy: String

    /// The instances.
    var instances: [InstanceID] { members.map(\.id) }

    /// Whom the row covers, if all of them offer the action and an address reaches them alone.
    init(_ row: Row, offering action: Action, in fleet: Fleet) throws(Impossible) {
        members = row.connected
        guard let first = members.first else { throw Self.gone(row) }
        strategy = first.strategy.name
        let strategies = Set(members.map(\.strategy.name))
        guard strategies.count == 1 else {
            throw Impossible(
                why: "\(row.name) has \(strategies.count) strategies, and an order is for one: "
                    + "unfold it (l) and choose")
        }
        let agents = Set(members.map(\.id.agent))
        name = "\(agents.count == 1 ? first.id.agent : "*"):\(strategy)"
        if action.needsBreaker, row.breaker == nil {
            throw Impossible(why: "\(name) has no breaker")
        }
        for member in members where !member.strategy.can.contains(action) {
            let who = members.count > 1 ? member.id.short : member.id.agent
            throw Impossible(why: "\(who) does not offer \(action.words) for \(strategy)")
        }
        let ids = Set(members.map(\.id))
        let named = fleet.reached(by: name)
        // A row that stands for the agent stands for what comes in its place, too.
        let isForAll = row.id.instance == nil && (members.count > 1 || Set(named) == ids)
        address = isForAll ? name : fleet.address(of: first.id, strategy)
        let reached = isForAll ? named : fleet.reached(by: address)
        guard !reached.isEmpty else { throw Self.gone(row) }
        guard Set(reached) == ids else {
            throw Impossible(
                why: "\(address) reaches \(Words.counted(reached.count, "instance")), of which "
                    + "this row has \(members.count): unfold it (l) and choose")
        }
    }

    private static func gone(_ row: Row) -> Impossible {
        let who = row.id.agent.isEmpty ? row.name : row.id.agent
        return Impossible(why: "\(who) is gone: there is nobody to tell")
    }
}

extension Action {
    var needsBreaker: Bool {
        switch self {
        case .open, .reset, .halfOpen, .disable, .enable: true
        case .setLimit, .tap: false
        }
    }

    var words: String {
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
    fileprivate func reached(by address: String) -> [InstanceID] {
        guard let address = try? Address(address), case .found(let found) = resolve(address) else {
            return []
        }
        return found
    }

    /// The address of one instance: its first eight digits, and more where others begin so too.
    func address(of id: InstanceID, _ strategy: String) -> String {
        let others = agents.keys.filter { $0.agent == id.agent && $0 != id }
        let longest = WireLimits.instanceDigits
        let length = (8...longest).first { length in
            !others.contains { $0.instance.prefix(length) == id.instance.prefix(length) }
        }
        return "\(id.agent)@\(id.instance.prefix(length ?? longest)):\(strategy)"
    }
}
