import Fleet
import ResilienceWire

/// A strategy in one instance, as a row shows it. It is a class, so that rows can share it:
/// thousands are created with each tick, and each is part of several rows.
final class StrategyInstance: Sendable {
    /// The instance.
    let id: InstanceID
    /// The instance's digits in addresses.
    let digits: String
    /// The connection state, and its start in Unix milliseconds.
    let presence: AgentState
    let since: Int64
    /// The reason why the instance is gone.
    let why: String
    /// The strategy's record.
    let strategy: StrategyRecord

    /// The instance in the form of an address: `planner@9f3a0000`.
    var name: String { "\(id.agent)@\(digits)" }

    init(_ agent: AgentRecord, _ strategy: StrategyRecord, digits: String) {
        id = agent.id
        self.digits = digits
        presence = agent.state
        since = agent.since
        why = agent.why
        self.strategy = strategy
    }
}

extension [StrategyInstance] {
    /// The instances that are up; all instances if none is up.
    var responsive: [StrategyInstance] {
        // Usually all are up, and no copy is made.
        guard count > 1, contains(where: { $0.presence != .up }) else { return self }
        let up = filter { $0.presence == .up }
        return up.isEmpty ? self : up
    }

    /// The call counts of the last `span` milliseconds, rounded to whole slots.
    func calls(last span: Int64, at now: Int64) -> CallCounts {
        reduce(into: CallCounts()) { $0.add($1.strategy.calls(last: span, at: now)) }
    }

    /// The state of the worst breaker among the ``responsive`` instances.
    var state: BreakerState? {
        count == 1 ? self[0].strategy.breaker?.state : breaker?.state
    }

    /// The worst breaker among the ``responsive`` instances.
    var breaker: StrategyRecord.Breaker? {
        if count == 1 { return self[0].strategy.breaker }
        return responsive.compactMap(\.strategy.breaker).max {
            ($0.state.severity, $1.since) < ($1.state.severity, $0.since)
        }
    }
}

/// A row of the table: a strategy in all instances of an agent or in one instance, or a group of
/// strategies.
final class Row: Sendable {
    /// The identity of the row.
    let id: RowID
    /// The instances in the row, sorted; at least one.
    let members: [StrategyInstance]
    /// The call counts of the last minute, over all instances.
    let minute: CallCounts
    /// The state of the worst breaker among the ``responsive`` instances; see ``breaker``.
    let state: BreakerState?
    /// The flapping of the row's breaker; `nil` if no breaker is flapping.
    let flap: Flap?
    private let now: Int64
    /// The period of ``recent`` in milliseconds.
    let recentMS: Int64
    /// The standing orders that are in force at the breaker.
    let orders: [Fleet.Standing]
    /// The rows of the strategies in a group; empty for other rows.
    let parts: [Row]

    /// Creates a row of at least one instance, with its figures at `now`.
    ///
    /// - Parameter orders: the standing orders that may apply to the row.
    init(_ id: RowID, _ members: [StrategyInstance], _ orders: [Fleet.Standing], at now: Int64) {
        self.id = id
        self.members = members
        self.now = now
        parts = []
        minute = members.calls(last: 60_000, at: now)
        state = members.state
        flap = members.flap(at: now)
        self.orders = orders.filter { $0.isInForce(at: members) }
        // Whole slots: the last complete one and the elapsed part of the present one.
        recentMS = Window.slotMS + max(0, now % Window.slotMS)
    }

    /// Copies a row with another identity.
    init(_ row: Row, as id: RowID) {
        self.id = id
        members = row.members
        minute = row.minute
        state = row.state
        flap = row.flap
        now = row.now
        recentMS = row.recentMS
        orders = row.orders
        parts = row.parts
    }

    /// Creates the row of a group with at least one part.
    init(_ id: RowID, parts: [Row]) {
        self.id = id
        self.parts = parts
        members = parts.flatMap(\.members)
        minute = parts.reduce(into: CallCounts()) { $0.add($1.minute) }
        now = parts.first?.now ?? 0
        recentMS = parts.first?.recentMS ?? 0
        let members = members
        state = members.state
        flap = parts.lazy.compactMap(\.flap).max { $0.count < $1.count }
        orders = parts.flatMap(\.orders).filter { $0.isInForce(at: members) }
    }

    /// The call counts of the last 5 to 10 s, over all instances. For visible rows and for sorting.
    var recent: CallCounts { members.calls(last: 2 * Window.slotMS, at: now) }

    /// The latest standing order that is in force at the breaker.
    var order: Fleet.Standing? { orders.last }

    /// The counters of the last `span` milliseconds over all instances, with errors, retries and
    /// latencies. Merging histograms is costly: use it only for visible rows.
    func counters(last span: Int64) -> Counters {
        Counters(instances: members.lazy.map { $0.strategy.window.total(last: span, at: self.now) })
    }

    /// Whether an attempt failed with an error of a type within the last `span` milliseconds.
    func has(error type: String, last span: Int64) -> Bool {
        counters(last: span).errors.contains { $0.type == type }
    }

    /// The connected instances, including stale ones.
    var connected: [StrategyInstance] { members.filter { $0.presence != .gone } }

    /// The instances that are up; all instances if none is up.
    var responsive: [StrategyInstance] { members.responsive }

    /// Whether the row represents several instances or strategies.
    var isFolded: Bool { id.instance == nil && members.count > 1 }

    /// The names of the strategies, and of the agents that have them.
    var strategies: Set<String> { Set(members.map(\.strategy.name)) }
    var agents: Set<String> { Set(members.map(\.id.agent)) }

    /// The name of the row on the screen: `planner:pay/stripe`, `*:pay/stripe`, or a group's name.
    var name: String {
        switch id {
        case .group(let group): group.name
        case .strategy(let name, _): "\(name.agent):\(name.strategy)"
        case .instance(let name, _, _):
            "\(members.first?.name ?? name.agent):\(name.strategy)"
        }
    }

    /// The row of the strategy in the ungrouped table; `nil` for several strategies.
    var ungrouped: RowID? {
        parts.count == 1 ? parts.first?.id.ungrouped : id.ungrouped
    }

    /// The worst breaker among the ``responsive`` instances.
    var breaker: StrategyRecord.Breaker? { members.breaker }

    /// The number of ``responsive`` instances whose breaker is in a state.
    func count(in state: BreakerState) -> Int {
        responsive.count { $0.strategy.breaker?.state == state }
    }

    /// The best connection state of the instances. Unless it is `up`, the values are old.
    var presence: AgentState {
        if members.contains(where: { $0.presence == .up }) { return .up }
        return members.contains { $0.presence == .stale } ? .stale : .gone
    }

    /// The time of the latest connection change among the instances, in Unix milliseconds.
    var silentSince: Int64 { members.map(\.since).max() ?? 0 }

    /// The target of its strategies, if one is declared.
    var target: String? { members.lazy.compactMap(\.strategy.target).first }

    /// Requested calls per second, and the failed ones of these.
    var wantedRate: Double { perSecond(recent.wanted) }
    var failedRate: Double { perSecond(recent.failed) }
    var rejectedRate: Double { perSecond(recent.rejected) }

    /// The counters since the start and the present gauges, over the ``responsive`` instances.
    var present: Counters {
        Counters(instances: responsive.lazy.map(\.strategy.total))
    }

    /// The number of calls in flight in the ``responsive`` instances.
    var inFlight: Int { responsive.reduce(0) { bounded($0, $1.strategy.inFlight) } }
    var waiting: Int { responsive.reduce(0) { bounded($0, $1.strategy.waiting) } }
    /// The age of the oldest call in milliseconds.
    var oldestMS: Int64 { responsive.compactMap(\.strategy.oldestMS).max() ?? 0 }

    /// The readings of a limit in the ``responsive`` instances that have it.
    func limits(_ name: String) -> [LimitReading] {
        responsive.compactMap { $0.strategy.limits.first { $0.name == name } }
    }

    private func perSecond(_ count: Int) -> Double {
        Double(count) * 1_000 / Double(max(1, recentMS))
    }
}

extension BreakerState {
    /// The severity of the state for callers: greater is worse.
    var severity: Int {
        switch self {
        case .open: 4
        case .halfOpen: 3
        case .forcedOpen: 2
        case .disabled: 1
        case .closed: 0
        }
    }
}
