import Fleet
import ResilienceWire

/// The target of an order to a row: an address and the instances that it matches.
struct OrderTarget: Sendable {
    /// The error for a row that cannot receive the order.
    struct Rejected: Error, Equatable {
        let why: String
    }

    /// The name of the row on the screen.
    let name: String
    /// The address that the command goes to.
    let address: String
    /// The strategy in each connected instance that the address matches; at least one.
    let members: [StrategyInstance]

    /// The name of the strategy.
    let strategy: String

    /// The instances.
    var instances: [InstanceID] { members.map(\.id) }

    /// Creates the target of a row. Throws ``Rejected`` unless all its instances offer the action
    /// and an address matches exactly these.
    init(_ row: Row, offering action: Action, in fleet: Fleet) throws(Rejected) {
        members = row.connected
        guard let first = members.first else { throw Self.gone(row, in: fleet) }
        strategy = first.strategy.name
        let strategies = Set(members.map(\.strategy.name))
        guard strategies.count == 1 else {
            throw Rejected(
                why: "\(row.name) has \(strategies.count) strategies, but an order needs one: "
                    + "unfold it (l) and select one")
        }
        name = members.everywhere(strategy)
        let (address, reached) = row.reach(in: fleet)
        self.address = address
        try refuse { $0.rejection(of: action) }
        guard !reached.isEmpty else { throw Self.gone(row, in: fleet) }
        guard Set(reached) == Set(members.map(\.id)) else {
            throw Rejected(why: Self.reachesMore(address, reached.count, row))
        }
    }

    /// The message for a row that no address matches exactly.
    static func reachesMore(_ address: String, _ count: Int, _ row: Row) -> String {
        "\(address) reaches \(Format.counted(count, "instance")), of which "
            + "this row has \(row.connected.count): unfold it (l) and select one"
    }

    /// Throws ``Rejected`` if an instance would refuse the order.
    func refuse(_ rejection: (StrategyRecord) -> OrderRejection?) throws(Rejected) {
        for member in members {
            guard let rejection = rejection(member.strategy) else { continue }
            let who = members.count > 1 ? "\(member.name):\(strategy)" : name
            throw Rejected(why: rejection.words(at: who))
        }
    }

    private static func gone(_ row: Row, in fleet: Fleet) -> Rejected {
        let who = row.id.agent.isEmpty ? row.name : row.id.agent
        let ids = Set(row.members.map(\.id))
        let held = fleet.standing.first { standing in
            standing.holds && standing.order.order.action?.needsBreaker == true
                && ids.contains { standing.address.includes($0, row.id.strategy) }
        }
        let way = held.map { "; 'fusebox breaker reset \($0.address)' ends its standing order" }
        return Rejected(why: "\(who) is not connected: nothing was sent\(way ?? "")")
    }
}

extension Row {
    /// The address of the row, which also matches instances that replace its own, and the connected
    /// instances that it matches. These can be more than the row has, if no address matches the row
    /// exactly. A row with several strategies returns its name, which matches no instance.
    func reach(in fleet: Fleet) -> (address: String, instances: [InstanceID]) {
        guard let first = members.first, strategies.count == 1 else { return (name, []) }
        let strategy = first.strategy.name
        let own = fleet.address(of: first.id, strategy)
        guard id.instance == nil else { return (own, fleet.reached(by: own)) }
        let all = members.everywhere(strategy)
        let reached = fleet.reached(by: all)
        guard members.count == 1, !reached.isEmpty, reached != [first.id] else {
            return (all, reached)
        }
        return (own, fleet.reached(by: own))
    }

    /// The row's title: its address, or the name of a group with several strategies.
    func title(in fleet: Fleet) -> String {
        switch id {
        case .group(.target), .group(.agent), .instance: name
        case .group(.strategy), .strategy: reach(in: fleet).address
        }
    }
}

extension [StrategyInstance] {
    /// The address of a strategy in all instances of their agent, or of all agents if they have
    /// several.
    fileprivate func everywhere(_ strategy: String) -> String {
        let agents = Set(map(\.id.agent))
        return "\(agents.count == 1 ? agents.first ?? "*" : "*"):\(strategy)"
    }
}

extension Fleet {
    fileprivate func reached(by address: String) -> [InstanceID] {
        guard let address = try? Address(address), case .found(let found) = resolve(address) else {
            return []
        }
        return found
    }
}
