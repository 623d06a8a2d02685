import Fleet
import ResilienceWire

/// Whom an order to a row goes to.
struct OrderTarget: Sendable {
    /// Why there is nothing to ask.
    struct Impossible: Error, Equatable {
        let why: String
    }

    /// The row's name, for people.
    let name: String
    /// The address that the command goes to.
    let address: String
    /// The strategy in every connected instance that the address covers; at least one.
    let members: [StrategyInstance]

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
        let (address, reached) = row.reach(in: fleet)
        self.address = address
        try refuse { $0.objection(to: action) }
        guard !reached.isEmpty else { throw Self.gone(row) }
        guard Set(reached) == Set(members.map(\.id)) else {
            throw Impossible(why: Self.reachesMore(address, reached.count, row))
        }
    }

    /// Why a row has no address of its own.
    static func reachesMore(_ address: String, _ count: Int, _ row: Row) -> String {
        "\(address) reaches \(Format.counted(count, "instance")), of which "
            + "this row has \(row.connected.count): unfold it (l) and choose"
    }

    /// Throws what speaks against an order at one of the instances, if anything does.
    func refuse(_ objection: (StrategyRecord) -> OrderRejection?) throws(Impossible) {
        for member in members {
            guard let objection = objection(member.strategy) else { continue }
            let who = members.count > 1 ? "\(member.name):\(strategy)" : name
            throw Impossible(why: objection.words(at: who))
        }
    }

    private static func gone(_ row: Row) -> Impossible {
        let who = row.id.agent.isEmpty ? row.name : row.id.agent
        return Impossible(why: "\(who) is gone: there is nobody to tell")
    }
}

extension Row {
    /// The address that stands for the row and for what comes in its place, and which connected
    /// instances it reaches: more than the row has where no address reaches those alone. Of a row with
    /// several strategies, its name, which reaches none.
    func reach(in fleet: Fleet) -> (address: String, instances: [InstanceID]) {
        guard let first = members.first, strategies.count == 1 else { return (name, []) }
        let strategy = first.strategy.name
        let own = fleet.address(of: first.id, strategy)
        guard id.instance == nil else { return (own, fleet.reached(by: own)) }
        let all = "\(agents.count == 1 ? first.id.agent : "*"):\(strategy)"
        let reached = fleet.reached(by: all)
        guard members.count == 1, !reached.isEmpty, reached != [first.id] else {
            return (all, reached)
        }
        return (own, fleet.reached(by: own))
    }

    /// The row as a title has it: its address, or the name of a group that may have several strategies.
    func title(in fleet: Fleet) -> String {
        switch id {
        case .group(.target), .group(.agent), .instance: name
        case .group(.strategy), .strategy: reach(in: fleet).address
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
}
