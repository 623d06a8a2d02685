import ResilienceWire

/// The identity of a row, independent of its position in the table.
enum RowID: Hashable, Sendable {
    /// A strategy of an agent.
    struct Name: Hashable, Sendable {
        let agent: String
        let strategy: String
    }

    /// All strategies of a group.
    case group(Group)
    /// A strategy of an agent in all its instances, under its group if there is one.
    case strategy(Name, in: Group?)
    /// A strategy in one instance, by the instance's digits.
    case instance(Name, InstanceDigits, in: Group?)

    /// Creates the identity of a strategy's row with all instances, outside of groups.
    init(agent: String, strategy: String) {
        self = .strategy(Name(agent: agent, strategy: strategy), in: nil)
    }

    /// The agent's name; empty if the row may have several agents.
    var agent: String {
        switch self {
        case .group(.agent(let agent)): agent
        case .group(.strategy), .group(.target): ""
        case .strategy(let name, _), .instance(let name, _, _): name.agent
        }
    }

    /// The strategy's name; empty if the row may have several strategies.
    var strategy: String {
        switch self {
        case .group(.strategy(let strategy)): strategy
        case .group(.agent), .group(.target): ""
        case .strategy(let name, _), .instance(let name, _, _): name.strategy
        }
    }

    /// The instance's digits; `nil` unless the row is one instance.
    var instance: InstanceDigits? {
        switch self {
        case .group, .strategy: nil
        case .instance(_, let digits, _): digits
        }
    }

    /// The group that the row is or belongs to.
    var group: Group? {
        switch self {
        case .group(let group): group
        case .strategy(_, let group), .instance(_, _, let group): group
        }
    }

    /// The row that contains this one.
    var parent: RowID? {
        switch self {
        case .group: nil
        case .strategy(_, let group): group.map(RowID.group)
        case .instance(let name, _, let group): .strategy(name, in: group)
        }
    }

    /// The strategy's row in the table that is not grouped; `nil` for a group's own row.
    var ungrouped: RowID? {
        switch self {
        case .group: nil
        case .strategy(let name, _), .instance(let name, _, _): .strategy(name, in: nil)
        }
    }
}

extension RowID: Comparable {
    /// By agent, then strategy, then instance; the folded row first.
    static func < (a: RowID, b: RowID) -> Bool { a.order < b.order }

    private static let folded = InstanceDigits(0)

    private var order: (String, String, InstanceDigits) {
        if case .group(.target(let target)) = self { return (target, "", Self.folded) }
        return (agent, strategy, instance ?? Self.folded)
    }
}
