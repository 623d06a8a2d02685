import Fleet
import ResilienceWire

/// The problems that need an operator's attention.
struct Attention: Sendable {
    /// One problem with the row that shows it.
    struct Problem: Equatable, Sendable {
        /// The kind of problem, worst first.
        enum Kind: Equatable, Sendable {
            case open(served: Double?, probeAt: Int64?)
            case flapping(Flap)
            case storm(tries: Double)
            case stuck(oldestMS: Int64)
            case exhausted(remaining: Double)
            case full(queued: Int)
            case stale(since: Int64)
            case gone(why: String)
            case forced(by: String, until: Int64?)
            case disabled(by: String)
            case pinned(limit: String, value: Double)
            /// A standing order that is in force at no connected instance.
            case standing(order: String, by: String, until: Int64?)
            /// An alert that fires, and since when.
            case alert(Alert, since: Int64)
        }

        let kind: Kind
        /// The name of the strategy or agent.
        let name: String
        /// The row to go to; `nil` if the agent has none.
        let row: RowID?
    }

    /// The number of firing alerts, and the number of silenced ones.
    let firing: Int
    let silenced: Int
    /// The number of rows with a flapping breaker.
    let flapping: Int
    /// The number of other rows for each breaker state but closed, worst first.
    let counts: [(state: BreakerState, count: Int)]
    /// The problems, worst first.
    let problems: [Problem]

    /// Creates a value without problems.
    init() {
        (firing, silenced, flapping) = (0, 0, 0)
        counts = []
        problems = []
    }

    /// Finds the problems of a fleet with these rows.
    init(_ book: RowBook, _ fleet: Fleet, at now: Int64) {
        silenced = fleet.alerts.count { $0.alert.silence != nil }
        firing = fleet.alerts.count - silenced
        var states: [BreakerState: Int] = [:]
        var flapping = 0
        for row in book.rows {
            if row.flap != nil {
                flapping += 1
            } else if let state = row.state, state != .closed, row.presence == .up {
                states[state, default: 0] += 1
            }
        }
        self.flapping = flapping
        counts = [BreakerState.open, .halfOpen, .forcedOpen, .disabled].compactMap { state in
            states[state].map { (state, $0) }
        }
        // Usually few rows have problems. Only these are sorted and need short names.
        let byRisk = Sort().sorted(
            book.rows.indices.filter { book.marks[$0].hasProblem }, of: book
        ).map { book.rows[$0] }
        func all(_ kinds: (Row) -> [Problem.Kind]) -> [Problem] {
            byRisk.flatMap { row in
                kinds(row).map { Problem(kind: $0, name: book.shortName(of: row), row: row.id) }
            }
        }
        func each(_ kind: (Row) -> Problem.Kind?) -> [Problem] {
            all { row in kind(row).map { [$0] } ?? [] }
        }
        let problems =
            each(Problem.Kind.open) + each(Problem.Kind.flapping) + each(Problem.Kind.storm)
            + each(Problem.Kind.exhausted)
            + each(Problem.Kind.full) + each(Problem.Kind.stuck)
            + Self.silent(book, fleet, at: now)
            + each(Problem.Kind.ordered) + all(Problem.Kind.pinned)
            + Self.standing(book, fleet)
        self.problems = problems + Self.alerts(fleet, besides: problems, book)
    }

    /// The firing alerts that no other problem covers.
    private static func alerts(
        _ fleet: Fleet, besides problems: [Problem], _ book: RowBook
    ) -> [Problem] {
        guard !fleet.alerts.isEmpty else { return [] }
        let told = Set(
            problems.flatMap { problem in
                problem.row.map { ["\($0.agent):\($0.strategy)", $0.agent] } ?? [problem.name]
            })
        return fleet.alerts.filter { $0.alert.silence == nil && !told.contains($0.alert.about) }
            .map {
                Problem(
                    kind: .alert($0.alert, since: $0.since), name: $0.alert.about,
                    row: book.row(about: $0.alert.about))
            }
    }

    /// The standing orders that match no connected instance. The effect of the others is shown.
    private static func standing(_ book: RowBook, _ fleet: Fleet) -> [Problem] {
        let orders = fleet.standing.filter { $0.holds && !$0.address.matchesNothing }
        guard !orders.isEmpty else { return [] }
        let strategies = Set(orders.map(\.address.strategy))
        let rows = Dictionary(
            grouping: book.rows.filter { strategies.contains($0.id.strategy) }, by: \.id.strategy)
        return orders.filter { standing in
            let (address, strategy) = (standing.address, standing.address.strategy)
            return !(rows[strategy] ?? []).contains { row in
                row.connected.contains { address.includes($0.id, strategy) }
            }
        }.map { standing in
            let order = standing.order
            return Problem(
                kind: .standing(order: order.order.word, by: standing.who, until: order.until),
                name: order.address.description, row: nil)
        }
    }

    /// The row of the next problem after a selected row, or of the first problem.
    func row(after selected: RowID?) -> RowID? {
        let rows = problems.compactMap(\.row)
        guard let selected, let index = rows.lastIndex(of: selected) else { return rows.first }
        // A row may have several problems, so continue until another row is found.
        let following = rows[(index + 1)...] + rows[...index]
        return following.first { $0 != selected } ?? rows.first
    }

    /// Stale agents, and gone agents without another connected instance.
    private static func silent(_ book: RowBook, _ fleet: Fleet, at now: Int64) -> [Problem] {
        let silent = fleet.agents.values.filter { $0.state != .up }.sorted { $0.id < $1.id }
        guard !silent.isEmpty else { return [] }
        let connected = fleet.agents.values.filter { $0.state != .gone }
            .reduce(into: [:]) { $0[$1.id.agent, default: 0] += 1 }
        func problem(_ agent: AgentRecord, _ kind: Problem.Kind) -> Problem {
            let others = (connected[agent.id.agent] ?? 0) - (agent.state == .gone ? 0 : 1)
            let name = others > 0 ? fleet.name(of: agent.id) : agent.id.agent
            return Problem(kind: kind, name: name, row: book.first(of: agent.id.agent)?.id)
        }
        let stale = silent.filter { $0.state == .stale }
        let gone = silent.filter {
            $0.state == .gone && $0.isShown(at: now)
                && !(connected[$0.id.agent] != nil && $0.leftByItself)
        }
        return stale.map { problem($0, .stale(since: $0.since)) }
            + gone.map { problem($0, .gone(why: $0.why)) }
    }
}

extension RowBook {
    /// The name of a strategy, without the agent if only one agent has a strategy with that name.
    fileprivate func shortName(of row: Row) -> String {
        owners(of: row.id.strategy) == 1
            ? row.id.strategy : "\(row.id.agent):\(row.id.strategy)"
    }

    /// The row that an alert is about: a strategy, or the first row of an agent.
    fileprivate func row(about text: String) -> RowID? {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return first(of: text)?.id }
        let id = RowID(agent: String(parts[0]), strategy: String(parts[1]))
        return place(of: id) == nil ? nil : id
    }
}

extension Attention.Problem.Kind {
    /// Whether a row that is up has a problem.
    static func concerns(_ row: Row) -> Bool {
        open(row) != nil || flapping(row) != nil || storm(row) != nil || exhausted(row) != nil
            || full(row) != nil
            || stuck(row) != nil || ordered(row) != nil || !pinned(row).isEmpty
    }

    fileprivate static func open(_ row: Row) -> Self? {
        guard row.state == .open, row.flap == nil else { return nil }
        return .open(served: row.minute.servedRate, probeAt: row.breaker?.probeAt)
    }

    fileprivate static func flapping(_ row: Row) -> Self? {
        row.flap.map { .flapping($0) }
    }

    fileprivate static func storm(_ row: Row) -> Self? {
        // An open breaker stops retries, so the storm is over.
        guard row.isStorm, row.state != .open else { return nil }
        return row.minute.amplification.map { .storm(tries: $0) }
    }

    fileprivate static func stuck(_ row: Row) -> Self? {
        row.isStuck ? .stuck(oldestMS: row.oldestMS) : nil
    }

    fileprivate static func exhausted(_ row: Row) -> Self? {
        let left = row.responsive.lazy.compactMap(\.strategy.budget).min()
        guard let left, left < Risk.budgetShare else { return nil }
        return .exhausted(remaining: left)
    }

    fileprivate static func full(_ row: Row) -> Self? {
        row.responsive.lazy.compactMap(\.fullQueue).max().map { .full(queued: $0) }
    }

    fileprivate static func ordered(_ row: Row) -> Self? {
        guard row.state == .forcedOpen || row.state == .disabled, let breaker = row.breaker else {
            return nil
        }
        let who = row.order?.who ?? breaker.by.rawValue
        switch breaker.state {
        case .forcedOpen: return .forced(by: who, until: breaker.probeAt)
        case .disabled: return .disabled(by: who)
        case .closed, .open, .halfOpen: return nil
        }
    }

    fileprivate static func pinned(_ row: Row) -> [Self] {
        var pinned: [String: Set<Double>] = [:]
        for member in row.responsive {
            for limit in member.strategy.limits where limit.pinned {
                pinned[limit.name, default: []].insert(limit.value)
            }
        }
        return pinned.sorted { $0.key < $1.key }.flatMap { name, values in
            values.sorted().map { .pinned(limit: name, value: $0) }
        }
    }
}

extension StrategyInstance {
    /// The number of queued calls if the bulkhead and its queue are full; otherwise `nil`.
    fileprivate var fullQueue: Int? {
        guard let bulkhead = strategy.total.bulkhead else { return nil }
        func limit(_ name: String) -> Double? {
            strategy.limits.first { $0.name == name }?.value
        }
        guard let places = limit("max_concurrent"), let queue = limit("queue_size"),
            Double(bulkhead.active) >= places, Double(bulkhead.queued) >= queue
        else { return nil }
        return bulkhead.queued
    }
}
