public import Fleet
public import ResilienceWire

/// Finds the incidents of a recording. An incident lasts from the opening of the first breaker of
/// an agent's strategy until the last one closes. It continues if a breaker opens again within a
/// minute.
public struct Incidents: Sendable {
    private struct Subject: Hashable {
        let agent: String
        let strategy: String
    }

    private struct Running {
        var incident: Incident
        var open: Set<InstanceID>
    }

    /// The time after an incident within which a new opening continues it, in milliseconds.
    public static let pauseMS: Int64 = 60_000
    /// The time before the first opening whose counts belong to the incident, in milliseconds.
    private static let beforeMS: Int64 = 10_000

    /// By agent, then by strategy.
    private var running: [String: [String: Running]] = [:]
    private var over: [Incident] = []
    /// Recent counts: the failures that open a breaker are counted before it opens.
    private var recent = RecentCounts<Subject>(spanMS: Incidents.beforeMS)
    private var orders = OrderLog()

    /// The number of accesses to recent counts, for tests of the cost.
    var steps: Int { recent.steps }

    /// Creates an analysis for the start of a recording.
    public init() {}

    /// Takes the state at the start of the recording: breakers that are already open, and earlier
    /// orders.
    public mutating func begin(with fleet: Fleet) {
        for standing in fleet.standing { orders.hold(standing.order, at: standing.at) }
        for line in fleet.journal { takeOrder(line) }
        for agent in fleet.agents.values where agent.state != .gone {
            for (name, record) in agent.strategies {
                guard let breaker = record.breaker, breaker.state.isIncident else { continue }
                open(agent.id, name, breaker.why, breaker.by, at: max(breaker.since, 0))
            }
        }
    }

    /// Takes a line that reports an event. Lines of keyframes must be left out; see `KeyframeTracker`.
    public mutating func take(_ line: Line) {
        guard let at = line.at else { return }
        takeOrder(line)
        guard let source = line.source else { return }
        if case .breaker(let change) = line.message {
            if change.to.isIncident {
                open(source, change.strategy, change.why, change.by, at: at)
            } else if change.to == .closed || change.to == .disabled {
                close(source, change.strategy, at: at)
            }
        }
        if case .agentGone = line.message {
            for strategy in (running[source.agent] ?? [:]).keys {
                close(source, strategy, at: at)
            }
        }
        if let (strategy, counters) = line.counted {
            count(Subject(agent: source.agent, strategy: strategy), counters, at: at)
        }
    }

    private mutating func takeOrder(_ line: Line) {
        guard let at = line.at else { return }
        if case .command(let command) = line.message { orders.take(command, at: at) }
        if case .commandStatus(let status) = line.message { orders.take(status) }
        if case .standing(let order) = line.message { orders.hold(order, at: at) }
        if case .standingEnd(let end) = line.message { orders.end(end, at: at) }
    }

    /// All incidents, oldest first. An incident that is not over has no end.
    public func all() -> [Incident] {
        let running = running.values.flatMap(\.values).map { running in
            var incident = running.incident
            if !running.open.isEmpty { incident.end = nil }
            return incident
        }
        return (over + running).map { incident in
            var incident = incident
            // An operator's order is recorded before the opening that it causes.
            let begin = incident.start - Self.beforeMS
            let end = incident.end.map { max($0, begin) + Self.pauseMS } ?? .max
            incident.acts = orders.acts(
                on: incident.agent, incident.strategy, during: begin...end,
                wantsHeld: incident.by == .operator)
            return incident
        }.sorted { ($0.start, $0.strategy) < ($1.start, $1.strategy) }
    }

    private mutating func open(
        _ source: InstanceID, _ strategy: String, _ why: String, _ by: Author, at: Int64
    ) {
        let subject = Subject(agent: source.agent, strategy: strategy)
        if let end = self[subject]?.incident.end, at - end > Self.pauseMS {
            finish(subject)
        }
        var running =
            self[subject]
            ?? Running(
                incident: Incident(
                    agent: source.agent, strategy: strategy, start: at, cause: why, by: by),
                open: [])
        if self[subject] == nil { running.incident.counters = recent.take(subject, at: at) }
        running.incident.opens += 1
        running.incident.end = nil
        running.incident.instances.insert(source)
        running.open.insert(source)
        self[subject] = running
    }

    private mutating func close(_ source: InstanceID, _ strategy: String, at: Int64) {
        let subject = Subject(agent: source.agent, strategy: strategy)
        guard self[subject]?.open.remove(source) != nil else { return }
        if self[subject]?.open.isEmpty == true { self[subject]?.incident.end = at }
    }

    private mutating func finish(_ subject: Subject) {
        guard let ended = self[subject] else { return }
        self[subject] = nil
        over.append(ended.incident)
    }

    private subscript(subject: Subject) -> Running? {
        get { running[subject.agent]?[subject.strategy] }
        _modify { yield &running[subject.agent, default: [:]][subject.strategy] }
    }

    private mutating func count(_ subject: Subject, _ counters: Counters, at: Int64) {
        if let end = self[subject]?.incident.end, at > end {
            if at - end > Self.pauseMS { finish(subject) }
        } else if self[subject] != nil {
            self[subject]?.incident.counters.add(counters)
            return
        }
        recent.add(counters, of: subject, at: at)
    }
}

extension BreakerState {
    /// Whether the state belongs to an incident: calls are rejected, or probes test the recovery.
    fileprivate var isIncident: Bool {
        switch self {
        case .open, .forcedOpen, .halfOpen: true
        case .closed, .disabled: false
        }
    }
}
