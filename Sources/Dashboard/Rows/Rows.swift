import Fleet
import ResilienceWire

/// Builds the rows of a fleet.
enum Rows {
    /// The time for which the last instance of an agent is shown after a normal exit, in
    /// milliseconds.
    static let leftMS: Int64 = 60_000

    /// One row per strategy of an agent, sorted by name.
    ///
    /// - Parameters:
    ///   - instances: all known instances of the agent.
    ///   - standing: the standing orders, by strategy.
    static func folded(
        _ instances: [AgentRecord], in fleet: Fleet, _ standing: [String: [Fleet.Standing]],
        at now: Int64
    ) -> [Row] {
        func row(_ strategy: String, _ members: [StrategyInstance]) -> Row {
            let id = RowID(agent: members[0].id.agent, strategy: strategy)
            return Row(id, members, standing[strategy] ?? [], at: now)
        }
        let shown = shown(instances, at: now).sorted { $0.id < $1.id }.map { agent in
            // A single instance needs no comparison with the others.
            let digits =
                instances.count == 1
                ? agent.id.instance.prefix(Fleet.nameDigits) : fleet.digits(of: agent.id)
            return (agent: agent, digits: digits)
        }
        if let (agent, digits) = shown.first, shown.count == 1 {
            return agent.strategies.sorted { $0.key < $1.key }
                .map { row($0, [StrategyInstance(agent, $1, digits: digits)]) }
        }
        var members: [String: [StrategyInstance]] = [:]
        for (agent, digits) in shown {
            for (strategy, record) in agent.strategies {
                members[strategy, default: []].append(
                    StrategyInstance(agent, record, digits: digits))
            }
        }
        return members.sorted { $0.key < $1.key }.map { row($0, $1) }
    }

    /// One row per group of strategies' rows, in no particular order. The rows must be sorted by
    /// name.
    static func grouped(_ rows: [Row], by grouping: Grouping, at now: Int64) -> [Row] {
        guard grouping != .none else { return rows }
        var groups: [Group: [Row]] = [:]
        func add(_ row: Row, _ members: [StrategyInstance], to group: Group?) {
            guard let group, case .strategy(let name, _) = row.id else { return }
            let id = RowID.strategy(name, in: group)
            groups[group, default: []].append(
                members.count == row.members.count
                    ? Row(row, as: id) : Row(id, members, row.orders, at: now))
        }
        for row in rows {
            guard row.members.count > 1 else {
                add(row, row.members, to: grouping.group(of: row.members[0]))
                continue
            }
            let parts = Dictionary(grouping: row.members, by: grouping.group)
            for (group, members) in parts { add(row, members, to: group) }
        }
        return groups.map { Row(.group($0), parts: $1) }
    }

    /// The rows below an unfolded row: the strategies of a group, or else the instances.
    static func parts(of row: Row, at now: Int64) -> [Row] {
        if row.parts.count > 1 { return row.parts }
        // If the group has one strategy, its instances follow directly.
        return instances(of: row.parts.first ?? row, at: now)
    }

    /// The row with an identity; `nil` if it does not exist any more.
    static func row(_ id: RowID, in book: RowBook, _ fleet: Fleet, at now: Int64) -> Row? {
        switch id {
        case .group(let group):
            return grouped(book.rows, by: group.grouping, at: now).first { $0.id == id }
        case .strategy(_, nil):
            return book.place(of: id).map { book.rows[$0] }
        case .strategy(_, let group?):
            return row(.group(group), in: book, fleet, at: now)?.parts.first { $0.id == id }
        case .instance(let name, let digits, _):
            let instance = InstanceID(agent: name.agent, instance: digits)
            guard let agent = fleet.agents[instance],
                let strategy = agent.strategies[name.strategy]
            else { return nil }
            let member = StrategyInstance(agent, strategy, digits: fleet.digits(of: agent.id))
            return Row(id, [member], fleet.standing, at: now)
        }
    }

    /// The row of each instance of a strategy's row.
    private static func instances(of row: Row, at now: Int64) -> [Row] {
        guard case .strategy(let name, let group) = row.id else { return [] }
        return row.members.map { member in
            let id = RowID.instance(name, member.id.instance, in: group)
            return Row(id, [member], row.orders, at: now)
        }
    }

    /// The instances to show. Gone instances are left out if another instance is connected.
    private static func shown(_ agents: [AgentRecord], at now: Int64) -> [AgentRecord] {
        let connected = agents.filter { $0.state != .gone }
        guard connected.isEmpty else { return connected }
        return agents.filter { $0.isShown(at: now) }
    }
}

extension AgentRecord {
    /// Whether a gone instance is still shown: one minute after a normal exit, and otherwise as
    /// long as it is known.
    func isShown(at now: Int64) -> Bool {
        !leftByItself || now - since < Rows.leftMS
    }
}
