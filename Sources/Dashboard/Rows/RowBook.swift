import Fleet
import ResilienceWire

/// The rows of all strategies: one per agent and strategy, by name.
///
/// The rows of some agents can be updated without the others, because there may be a hundred
/// thousand. Rows keep their places until a row is added or removed.
struct RowBook: Sendable {
    /// What the order of the table and the attention strip need of each row.
    struct Mark: Sendable {
        let risk: Risk
        /// Whether the row is up and has a problem.
        let hasProblem: Bool

        init(_ row: Row) {
            risk = Risk(row)
            hasProblem = row.presence == .up && Attention.Problem.Kind.concerns(row)
        }
    }

    /// An agent with its known instances and the places of its rows.
    private struct Agent {
        var instances: Set<InstanceID> = []
        var places = 0..<0
    }

    /// The rows, sorted by agent and strategy.
    private(set) var rows: [Row] = []
    /// The mark of each row.
    private(set) var marks: [Mark] = []
    /// Changes whenever a row is added or removed, or its number of instances changes.
    private(set) var generation = 0
    private var agents: [String: Agent] = [:]
    /// The names of the agents with rows, sorted.
    private var names: [String] = []
    /// The number of agents that have a strategy, by the strategy's name.
    private var owners: [String: Int] = [:]
    /// The place from which ``updateNext(_:in:at:)`` continues.
    private var next = 0

    init() {}

    /// Creates the rows of a fleet.
    init(_ fleet: Fleet, at now: Int64) { update(fleet, at: now) }

    /// The places of the rows of an agent.
    func places(of agent: String) -> Range<Int> { agents[agent]?.places ?? 0..<0 }

    /// The first row of an agent.
    func first(of agent: String) -> Row? { rows[places(of: agent)].first }

    /// The place of a row that is not part of a group; `nil` if there is no such row.
    func place(of id: RowID) -> Int? {
        guard case .strategy(let name, nil) = id else { return nil }
        var places = places(of: name.agent)
        while let middle = places.dropFirst(places.count / 2).first {
            let strategy = rows[middle].id.strategy
            if strategy == name.strategy { return middle }
            places =
                strategy < name.strategy
                ? middle + 1..<places.upperBound : places.lowerBound..<middle
        }
        return nil
    }

    /// The number of agents that have a strategy.
    func owners(of strategy: String) -> Int { owners[strategy] ?? 0 }

    /// Updates all rows.
    mutating func update(_ fleet: Fleet, at now: Int64) {
        let known = Dictionary(grouping: fleet.agents.keys, by: \.agent)
        for name in agents.keys { agents[name]?.instances = [] }
        for (name, instances) in known {
            agents[name, default: Agent()].instances = Set(instances)
        }
        update(Array(agents.keys), fleet, at: now)
        next = 0
    }

    /// Updates the rows of the agents of these instances, which may be new.
    mutating func update(_ changed: Set<InstanceID>, _ fleet: Fleet, at now: Int64) {
        for id in changed { agents[id.agent, default: Agent()].instances.insert(id) }
        update(Array(Set(changed.map(\.agent))), fleet, at: now)
    }

    /// Updates the rows of some agents.
    mutating func update(agents: Set<String>, _ fleet: Fleet, at now: Int64) {
        update(Array(agents), fleet, at: now)
    }

    /// Updates the next rows, at least `count` of them, continuing where the last call ended.
    ///
    /// - Returns: their places, and whether they were the last ones. The next call then starts from
    ///   the first row.
    mutating func updateNext(
        _ count: Int, _ fleet: Fleet, at now: Int64
    ) -> (places: Range<Int>, isOver: Bool) {
        var due: [String] = []
        let start = next
        let end = next + count
        while next < min(end, rows.count) {
            let name = rows[next].id.agent
            due.append(name)
            next = places(of: name).upperBound
        }
        let places = start..<max(start, next)
        let isOver = next >= rows.count
        if isOver { next = 0 }
        update(due, fleet, at: now)
        return (places, isOver)
    }

    private mutating func update(_ names: [String], _ fleet: Fleet, at now: Int64) {
        let standing = Dictionary(grouping: fleet.standing, by: \.address.strategy)
        var moved: [String: [Row]] = [:]
        for name in names {
            guard let agent = agents[name] else { continue }
            let records = agent.instances.compactMap { fleet.agents[$0] }
            if records.count < agent.instances.count {
                agents[name]?.instances = Set(records.map(\.id))
            }
            let fresh = Rows.folded(records, in: fleet, standing, at: now)
            guard fresh.count == agent.places.count,
                zip(agent.places, fresh).allSatisfy({ rows[$0].isInPlace(of: $1) })
            else {
                moved[name] = fresh
                continue
            }
            for (place, row) in zip(agent.places, fresh) {
                rows[place] = row
                marks[place] = Mark(row)
            }
        }
        if !moved.isEmpty { layOut(moved) }
    }

    /// Puts the rows of some agents in the place of those that they had.
    private mutating func layOut(_ moved: [String: [Row]]) {
        let known = Set(names)
        names = (names + moved.keys.filter { !known.contains($0) }).sorted()
        var (all, allMarks): ([Row], [Mark]) = ([], [])
        for name in names {
            let start = all.count
            if let fresh = moved[name] {
                all += fresh
                allMarks += fresh.map(Mark.init)
            } else {
                let places = places(of: name)
                all += rows[places]
                allMarks += marks[places]
            }
            agents[name]?.places = start..<all.count
        }
        names = names.filter { !places(of: $0).isEmpty }
        for (name, agent) in agents where agent.instances.isEmpty && agent.places.isEmpty {
            agents[name] = nil
        }
        (rows, marks) = (all, allMarks)
        owners = rows.reduce(into: [:]) { $0[$1.id.strategy, default: 0] += 1 }
        generation += 1
    }
}

extension Row {
    /// Whether the row looks like another one in all but its figures.
    fileprivate func isInPlace(of other: Row) -> Bool {
        members.count == other.members.count && id == other.id
    }
}
