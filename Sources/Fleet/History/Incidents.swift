public import ResilienceWire

/// Finds the incidents of a recording: each from the opening of an agent's first breaker of a strategy to
/// the closing of its last. One that opens again within a minute goes on.
public struct Incidents: Sendable {
    private struct Subject: Hashable {
        let agent: String
        let strategy: String
    }

    private struct Running {
        var incident: Incident
        var open: Set<InstanceID>
    }

    /// Milliseconds in which an opening again belongs to the incident before.
    public static let pauseMS: Int64 = 60_000
    /// Milliseconds before an incident in which what was counted is its beginning.
    private static let beforeMS: Int64 = 10_000

    private var running: [Subject: Running] = [:]
    private var over: [Incident] = []
    /// What was counted of late: failures come before the breaker that opens for them.
    private var recent: [(at: Int64, Subject, Counters)] = []
    /// Commands of late: an operator's comes before the breaker that it opens.
    private var recentActs: [(address: Address, Incident.Act)] = []
    /// Where the outcomes of a command go.
    private var places: [String: [(Subject, Int)]] = [:]

    /// At a recording's beginning.
    public init() {}

    /// The state at the beginning: breakers that are open already.
    public mutating func begin(with fleet: Fleet) {
        for agent in fleet.agents.values where agent.state != .gone {
            for (name, record) in agent.strategies {
                guard let breaker = record.breaker, breaker.state.isIncident else { continue }
                open(agent.id, name, breaker.why, breaker.by, at: max(breaker.since, 0))
            }
        }
    }

    /// Takes in a line that tells of something that happened.
    public mutating func take(_ line: Line) {
        guard let at = line.at else { return }
        switch line.message {
        case .breaker(let change):
            guard let source = line.source else { return }
            if change.to.isIncident {
                open(source, change.strategy, change.why, change.by, at: at)
            } else if change.to == .closed || change.to == .disabled {
                close(source, change.strategy, at: at)
            }
        case .agentGone:
            guard let source = line.source else { return }
            for subject in running.keys where subject.agent == source.agent {
                close(source, subject.strategy, at: at)
            }
        case .command(let command): act(command, at: at)
        case .commandStatus(let status):
            guard status.status != .sent else { return }
            for (subject, index) in places[status.id] ?? [] {
                running[subject]?.incident.acts[index].outcomes.append(status)
            }
        case .delta, .call:
            guard let source = line.source, let (strategy, counters) = line.counted else { return }
            count(Subject(agent: source.agent, strategy: strategy), counters, at: at)
        case .hello, .strategy, .limit, .ack, .lost, .ping, .pong, .beat, .bye, .welcome, .error,
            .watch,
            .recording, .keyframe, .keyframeEnd, .total, .slot, .agentUp, .agentStale, .clock,
            .commandDone, .alert, .standing, .standingEnd, .unknown:
            break
        }
    }

    /// All of them, oldest first; those that are not over have no end.
    public func all() -> [Incident] {
        let running = running.values.map { running in
            var incident = running.incident
            if !running.open.isEmpty { incident.end = nil }
            return incident
        }
        return (over + running).sorted { ($0.start, $0.strategy) < ($1.start, $1.strategy) }
    }

    private mutating func open(
        _ source: InstanceID, _ strategy: String, _ why: String, _ by: Author, at: Int64
    ) {
        let subject = Subject(agent: source.agent, strategy: strategy)
        if let end = running[subject]?.incident.end, at - end > Self.pauseMS {
            finish(subject)
        }
        if running[subject] == nil {
            var incident = Incident(
                agent: source.agent, strategy: strategy, start: at, cause: why, by: by)
            for (then, other, counters) in recent
            where other == subject && at - then <= Self.beforeMS {
                incident.counters.add(counters)
            }
            running[subject] = Running(incident: incident, open: [])
            for (address, act) in recentActs where at - act.at <= Self.beforeMS {
                note(act, at: address, in: subject)
            }
        }
        running[subject]?.incident.opens += 1
        running[subject]?.incident.end = nil
        running[subject]?.incident.instances.insert(source)
        running[subject]?.open.insert(source)
    }

    private mutating func close(_ source: InstanceID, _ strategy: String, at: Int64) {
        let subject = Subject(agent: source.agent, strategy: strategy)
        guard running[subject]?.open.remove(source) != nil else { return }
        if running[subject]?.open.isEmpty == true { running[subject]?.incident.end = at }
    }

    private mutating func finish(_ subject: Subject) {
        guard let ended = running.removeValue(forKey: subject) else { return }
        over.append(ended.incident)
        places = places.mapValues { $0.filter { $0.0 != subject } }.filter { !$0.value.isEmpty }
    }

    private mutating func act(_ command: Command, at: Int64) {
        guard command.standing == nil, case .address(let text) = command.target,
            let address = try? Address(text)
        else { return }
        let act = Incident.Act(at: at, command: command)
        recentActs.removeAll { at - $0.1.at > Self.beforeMS }
        recentActs.append((address, act))
        for subject in running.keys { note(act, at: address, in: subject) }
    }

    private mutating func note(_ act: Incident.Act, at address: Address, in subject: Subject) {
        guard address.strategy == subject.strategy else { return }
        let isMeant =
            switch address.agents {
            case .all: true
            case .within(let prefix): subject.agent.hasPrefix(prefix)
            case .named(let name), .instance(let name, _): name == subject.agent
            }
        guard isMeant, let count = running[subject]?.incident.acts.count else { return }
        running[subject]?.incident.acts.append(act)
        places[act.command.id, default: []].append((subject, count))
    }

    private mutating func count(_ subject: Subject, _ counters: Counters, at: Int64) {
        if let end = running[subject]?.incident.end, at > end {
            if at - end > Self.pauseMS { finish(subject) }
        } else if running[subject] != nil {
            running[subject]?.incident.counters.add(counters)
            return
        }
        recent.removeAll { at - $0.at > Self.beforeMS }
        recent.append((at, subject, counters))
    }
}

extension BreakerState {
    /// Whether calls are rejected, or a probe is to show whether they need be.
    fileprivate var isIncident: Bool {
        switch self {
        case .open, .forcedOpen, .halfOpen: true
        case .closed, .disabled: false
        }
    }
}
