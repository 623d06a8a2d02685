import Fleet
import ResilienceWire

/// How the strategies of all agents are brought together in rows.
enum Grouping: String, CaseIterable, Sendable {
    /// A row per agent and strategy.
    case none
    /// A row per strategy's name, over all agents.
    case strategy
    /// A row per target, over all agents and strategies that call it.
    case target
    /// A row per agent, over all its strategies.
    case agent

    /// The one after it.
    var next: Grouping {
        let all = Self.allCases
        let index = all.firstIndex(of: self) ?? 0
        return all[(index + 1) % all.count]
    }

    /// What the table is called.
    var title: String {
        switch self {
        case .none: "Strategies"
        case .strategy: "Strategies over agents"
        case .target: "Strategies by target"
        case .agent: "Strategies by agent"
        }
    }

    /// The group of a strategy in an instance; `nil` where nothing is grouped.
    func group(of member: StrategyInstance) -> Group? {
        switch self {
        case .none: nil
        case .strategy: .strategy(member.strategy.name)
        case .target: .target(member.strategy.target ?? "")
        case .agent: .agent(member.id.agent)
        }
    }
}

/// Strategies that one row stands for.
enum Group: Hashable, Sendable {
    case strategy(String)
    /// What they call; empty where they do not say.
    case target(String)
    case agent(String)

    /// What brings together such groups.
    var grouping: Grouping {
        switch self {
        case .strategy: .strategy
        case .target: .target
        case .agent: .agent
        }
    }

    /// The group for people.
    var name: String {
        switch self {
        case .strategy(let name): "*:\(name)"
        case .target(let target): target.isEmpty ? "no target" : target
        case .agent(let agent): agent
        }
    }
}
