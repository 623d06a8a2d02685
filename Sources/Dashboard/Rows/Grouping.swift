import Fleet
import ResilienceWire

/// The way in which the strategies of all agents are grouped into rows.
enum Grouping: String, CaseIterable, Sendable {
    /// A row per agent and strategy.
    case none
    /// A row per strategy's name, over all agents.
    case strategy
    /// A row per target, over all agents and strategies that call it.
    case target
    /// A row per agent, over all its strategies.
    case agent

    /// The next grouping.
    var next: Grouping {
        let all = Self.allCases
        let index = all.firstIndex(of: self) ?? 0
        return all[(index + 1) % all.count]
    }

    /// The title of the table.
    var title: String {
        switch self {
        case .none: "Strategies"
        case .strategy: "Strategies over agents"
        case .target: "Strategies by target"
        case .agent: "Strategies by agent"
        }
    }

    /// The group of a strategy in an instance; `nil` without grouping.
    func group(of member: StrategyInstance) -> Group? {
        switch self {
        case .none: nil
        case .strategy: .strategy(member.strategy.name)
        case .target: .target(member.strategy.target ?? "")
        case .agent: .agent(member.id.agent)
        }
    }
}

/// A group of strategies, shown as one row.
enum Group: Hashable, Sendable {
    case strategy(String)
    /// The common target; empty if the strategies declare none.
    case target(String)
    case agent(String)

    /// The grouping that makes this kind of group.
    var grouping: Grouping {
        switch self {
        case .strategy: .strategy
        case .target: .target
        case .agent: .agent
        }
    }

    /// The name of the group on the screen.
    var name: String {
        switch self {
        case .strategy(let name): "*:\(name)"
        case .target(let target): target.isEmpty ? "no target" : target
        case .agent(let agent): agent
        }
    }
}
