import Fleet
import ResilienceWire

/// Builds the rows of a fleet.
enum Rows {
    /// The time for which the last instance of an agent is shown after a normal exit, in
    /// milliseconds.
    static let leftMS: Int64 = 60_000

    /// One row per agent and strategy, in no particular order.
    static func folded(_ fleet: Fleet, at now: Int64) -> [Row] {
        var rows: [Row] = []
        for (name, agents) in Dictionary(grouping: fleet.agents.values, by: \.id.agent) {
            func add(_ strategy: String, _ members: [StrategyInstance]) {
                let id = RowID(agent: name, strategy: strategy)
                rows.append(Row(id, members, fleet.standing, at: now))
            }
            let shown = shown(agents, at: now)
            if shown.count == 1 {
                // A single instance: no folding is needed.
                for (strategy, record) in shown[0].strategies {
                    add(strategy, [StrategyInstance(shown[0], record, in: fleet)])
                }
                continue
            }
            var members: [String: [StrategyInstance]] = [:]
            for agent in shown.sorted(by: { $0.id < $1.id }) {
                for (strategy, record) in agent.strategies {
                    members[strategy, default: []].append(
                        StrategyInstance(agent, record, in: fleet))
                }
            }
            for (strategy, members) in members { add(strategy, members) }
        }
        return rows
    }

    /// One row per group of strategies' rows, in no particular order.
    static func grouped(_ rows: [Row], by grouping: Grouping, at now: Int64) -> [Row] {
        guard grouping != .none else { return rows }
        var groups: [Group: [Row]] = [:]
        for row in rows {
            let parts = Dictionary(grouping: row.members, by: grouping.group)
            for (group, members) in parts {
                guard let group, case .strategy(let name, _) = row.id else { continue }
                let id = RowID.strategy(name, in: group)
                groups[group, default: []].append(
                    members.count == row.members.count
                        ? Row(row, as: id) : Row(id, members, row.orders, at: now))
            }
        }
        return groups.map { Row(.group($0), parts: $1.sorted { $0.id < $1.id }) }
    }

    /// The rows below an unfolded row: the strategies of a group, or else the instances.
    static func parts(of row: Row, at now: Int64) -> [Row] {
        if row.parts.count > 1 { return row.parts }
        // If the group has one strategy, its instances follow directly.
        return instances(of: row.parts.first ?? row, at: now)
    }

    /// The row with an identity; `nil` if it does not exist any more.
    static func row(_ id: RowID, in folded: [Row], _ fleet: Fleet, at now: Int64) -> Row? {
        switch id {
        case .group(let group):
            return grouped(folded, by: group.grouping, at: now).first { $0.id == id }
        case .strategy(_, nil):
            return folded.first { $0.id == id }
        case .strategy(_, let group?):
            return row(.group(group), in: folded, fleet, at: now)?.parts.first { $0.id == id }
        case .instance(let name, let digits, _):
            let instance = InstanceID(agent: name.agent, instance: digits)
            guard let agent = fleet.agents[instance],
                let strategy = agent.strategies[name.strategy]
            else { return nil }
            return Row(id, [StrategyInstance(agent, strategy, in: fleet)], fleet.standing, at: now)
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
