import Fleet
import ResilienceWire

/// A strategy in one instance, as a row shows it. It is handed on as it is: thousands are made anew
/// with every tick, and each is in several rows.
final class StrategyInstance: Sendable {
    /// Which instance.
    let id: InstanceID
    /// Its digits as an address has them.
    let digits: String
    /// Whether it is heard from, and since when.
    let presence: AgentState
    let since: Int64
    /// Why it is gone.
    let why: String
    /// What is known of the strategy.
    let strategy: StrategyRecord

    /// The instance as an address has it: `planner@9f3a0000`.
    var name: String { "\(id.agent)@\(digits)" }

    init(_ agent: AgentRecord, _ strategy: StrategyRecord, in fleet: Fleet) {
        id = agent.id
        digits = fleet.digits(of: agent.id)
        presence = agent.state
        since = agent.since
        why = agent.why
        self.strategy = strategy
    }
}

extension [StrategyInstance] {
    /// The instances that are heard from; all of them where none is.
    var heard: [StrategyInstance] {
        // Most often all of them, of which no copy is made.
        guard count > 1, contains(where: { $0.presence != .up }) else { return self }
        let up = filter { $0.presence == .up }
        return up.isEmpty ? self : up
    }

    /// What ended within the last `span` milliseconds, to whole slots.
    func calls(last span: Int64, at now: Int64) -> CallCounts {
        reduce(into: CallCounts()) { $0.add($1.strategy.window.calls(last: span, at: now)) }
    }

    /// The state of the worst breaker of the instances that are heard from.
    var state: BreakerState? {
        count == 1 ? self[0].strategy.breaker?.state : breaker?.state
    }

    /// The worst breaker of the instances that are heard from.
    var breaker: StrategyRecord.Breaker? {
        if count == 1 { return self[0].strategy.breaker }
        return heard.compactMap(\.strategy.breaker).max {
            ($0.state.severity, $1.since) < ($1.state.severity, $0.since)
        }
    }
}

/// One line of the table: a strategy of an agent, in all its instances or in one, or a group of
/// strategies.
final class Row: Sendable {
    /// What it is about.
    let id: RowID
    /// The instances that it covers, in order; at least one.
    let members: [StrategyInstance]
    /// What ended in the last minute, over all instances.
    let minute: CallCounts
    /// The state of the worst breaker of the instances that are heard from; see ``breaker``.
    let state: BreakerState?
    /// How the breaker of an instance is flapping; `nil` where none is.
    let flap: Flap?
    private let now: Int64
    /// The milliseconds that ``recent`` covers.
    let recentMS: Int64
    /// The standing orders that gave the breaker its state.
    let orders: [Fleet.Standing]
    /// Of a group, the strategies' rows.
    let parts: [Row]

    /// A row of at least one instance, with its figures as of a time.
    ///
    /// - Parameter orders: the standing orders of which one may be in force here.
    init(_ id: RowID, _ members: [StrategyInstance], _ orders: [Fleet.Standing], at now: Int64) {
        self.id = id
        self.members = members
        self.now = now
        parts = []
        minute = members.calls(last: 60_000, at: now)
        state = members.state
        flap = members.flap(at: now)
        self.orders = orders.filter { $0.isInForce(at: members) }
        // Whole slots: the one that is over and the part of the present one.
        recentMS = Window.slotMS + max(0, now % Window.slotMS)
    }

    /// A row under another name.
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

    /// A row that stands for others, at least one.
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

    /// What ended in the last seconds, over all instances; for rows in view, or to sort by.
    var recent: CallCounts { members.calls(last: 2 * Window.slotMS, at: now) }

    /// The latest of the standing orders that gave the breaker its state.
    var order: Fleet.Standing? { orders.last }

    /// All that ended within the last `span` milliseconds, over all instances, with errors,
    /// retries and latencies. Costs a merge of histograms: for rows in view alone.
    func counters(last span: Int64) -> Counters {
        var total = Counters()
        for member in members {
            total.addReplica(member.strategy.window.total(last: span, at: now))
        }
        return total
    }

    /// Whether an attempt failed with an error of a type within the last `span` milliseconds.
    func has(error type: String, last span: Int64) -> Bool {
        counters(last: span).errors.contains { $0.type == type }
    }

    /// The instances that are connected, heard from or not.
    var connected: [StrategyInstance] { members.filter { $0.presence != .gone } }

    /// The instances that are heard from; all of them where none is.
    var heard: [StrategyInstance] { members.heard }

    /// Whether it stands for several instances or strategies.
    var isFolded: Bool { id.instance == nil && members.count > 1 }

    /// The names of the strategies, and of the agents that have them.
    var strategies: Set<String> { Set(members.map(\.strategy.name)) }
    var agents: Set<String> { Set(members.map(\.id.agent)) }

    /// The row for people: `planner:pay/stripe`, `*:pay/stripe`, or a group's name.
    var name: String {
        switch id {
        case .group(let group): group.name
        case .strategy(let name, _): "\(name.agent):\(name.strategy)"
        case .instance(let name, _, _):
            "\(members.first?.name ?? name.agent):\(name.strategy)"
        }
    }

    /// The strategy's row outside of groups; `nil` where it stands for several.
    var ungrouped: RowID? {
        parts.count == 1 ? parts.first?.id.ungrouped : id.ungrouped
    }

    /// The worst breaker of the instances that are heard from.
    var breaker: StrategyRecord.Breaker? { members.breaker }

    /// How many instances that are heard from are in a state.
    func count(in state: BreakerState) -> Int {
        heard.count { $0.strategy.breaker?.state == state }
    }

    /// Whether nobody hears from any instance: its values are old.
    var presence: AgentState {
        if members.contains(where: { $0.presence == .up }) { return .up }
        return members.contains { $0.presence == .stale } ? .stale : .gone
    }

    /// When the last instance fell silent or went.
    var silentSince: Int64 { members.map(\.since).max() ?? 0 }

    /// What it calls.
    var target: String? { members.lazy.compactMap(\.strategy.target).first }

    /// Calls wanted, and of these not served, per second.
    var wantedRate: Double { perSecond(recent.wanted) }
    var failedRate: Double { perSecond(recent.failed) }
    var rejectedRate: Double { perSecond(recent.rejected) }

    /// Everything since the start, with the gauges of now, over the instances heard from.
    var present: Counters {
        var total = Counters()
        for member in heard { total.addReplica(member.strategy.total) }
        return total
    }

    /// Calls under way in the instances that are heard from.
    var inFlight: Int { heard.reduce(0) { bounded($0, $1.strategy.total.inFlight) } }
    var waiting: Int { heard.reduce(0) { bounded($0, $1.strategy.total.waiting) } }
    /// How long the oldest call has run.
    var oldestMS: Int64 { heard.map(\.strategy.total.oldestMS).max() ?? 0 }

    /// A limit in the instances that are heard from and have it.
    func limits(_ name: String) -> [LimitReading] {
        heard.compactMap { $0.strategy.limits.first { $0.name == name } }
    }

    private func perSecond(_ count: Int) -> Double {
        Double(count) * 1_000 / Double(max(1, recentMS))
    }
}

extension BreakerState {
    /// How bad it is for callers: the greater the worse.
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
