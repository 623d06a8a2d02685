import Fleet
import ResilienceWire

/// The rows of a fleet, replicas folded.
enum Rows {
    /// How long the last instance of an agent stays after it is gone, in milliseconds.
    static let goneMS: Int64 = 60_000

    /// One row per agent and strategy, in no particular order.
    static func folded(_ fleet: Fleet, at now: Int64) -> [Row] {
        var groups: [RowID: [Member]] = [:]
        for (name, agents) in Dictionary(grouping: fleet.agents.values, by: \.id.agent) {
            for agent in shown(agents, at: now).sorted(by: { $0.id < $1.id }) {
                for strategy in agent.strategies.values {
                    let member = Member(
                        id: agent.id, presence: agent.state, since: agent.since, why: agent.why,
                        strategy: strategy)
                    groups[RowID(agent: name, strategy: strategy.name), default: []].append(member)
                }
            }
        }
        return groups.map { id, members in
            var row = Row(id, members, at: now)
            row.order = fleet.standing.last { $0.isInForce(at: row) }
            return row
        }
    }

    /// The row of each instance of a folded row.
    static func instances(of row: Row, at now: Int64) -> [Row] {
        row.members.map { member in
            var id = row.id
            id.instance = member.id.instance
            var single = Row(id, [member], at: now)
            single.order = row.order.flatMap { $0.isInForce(at: single) ? $0 : nil }
            return single
        }
    }

    /// What is gone counts no more once another instance is there, or after a minute.
    private static func shown(_ agents: [AgentRecord], at now: Int64) -> [AgentRecord] {
        let connected = agents.filter { $0.state != .gone }
        guard connected.isEmpty else { return connected }
        return agents.filter { now - $0.since < goneMS }
    }
}
