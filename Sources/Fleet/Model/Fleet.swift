public import ResilienceWire

/// The state of all agents and their strategies, built from events. The hub, each viewer and each
/// replay use the same type; ``StreamedFleet`` builds it from a stream.
public struct Fleet: Equatable, Sendable {
    /// Every known instance. A gone instance is kept for ``goneMS``, and then until another
    /// instance comes or goes. Only lines change a fleet, so equal lines make equal fleets.
    public internal(set) var agents: [InstanceID: AgentRecord] = [:]
    /// The instances that are gone.
    var gone = GoneInstances()
    /// An index that finds the shortest unique prefix of an instance.
    var heads = InstanceHeads()
    /// Standing orders, oldest first. They also apply to instances that connect later.
    public internal(set) var standing: [Standing] = []
    /// The standing orders, by strategy name.
    var standingByStrategy: [String: [Standing]] = [:]
    /// Firing and silenced alerts, oldest first.
    public internal(set) var alerts: [FiringAlert] = []
    /// The latest events, oldest first: transitions, limit changes, commands, agents that came and
    /// went, alerts.
    public internal(set) var journal: [Line] = []
    /// The time of the latest line in Unix milliseconds.
    public internal(set) var at: Int64 = 0

    /// The maximum number of journal entries.
    public static let journalLimit = 500
    /// The time for which a gone instance is kept, in milliseconds. If more than ``goneLimit`` are
    /// gone, the oldest are removed earlier.
    public static let goneMS: Int64 = 600_000
    /// The maximum number of gone instances that are kept.
    public static let goneLimit = 200

    /// Creates a fleet without agents.
    public init() {}

    /// Creates a fleet without agents, for a keyframe of a time in Unix milliseconds.
    init(at time: Int64) { at = time }

    /// Applies an event. Lines of keyframes are no events; see ``StreamedFleet``.
    ///
    /// - Parameters:
    ///   - source: the instance that sent the message or that it is about.
    ///   - time: Unix milliseconds at which the hub received or made it.
    public mutating func apply(_ message: StreamMessage, from source: InstanceID?, at time: Int64) {
        at = max(at, time)
        switch message {
        case .agentUp(let up):
            guard let source else { return }
            rise(source, up, at: time)
        case .agentStale:
            fall(source, to: .stale, why: "", Line(at: time, source: source, message))
        case .agentGone(let why):
            fall(source, to: .gone, why: why, Line(at: time, source: source, message))
        case .strategy(let declaration):
            update(source, declaration.strategy) { $0.declare(declaration, at: time) }
        case .delta(let delta):
            if let source { count(delta, of: source, at: time) }
        case .call(let call):
            update(source, call.strategy) { $0.count(call, at: time) }
        case .breaker(let change):
            update(source, change.strategy) { _ = $0.change(change, at: time) }
            note(Line(at: time, source: source, message))
        case .limit(let change):
            update(source, change.strategy) { $0.change(change) }
            note(Line(at: time, source: source, message))
        case .lost(let count):
            guard let source, let lost = agents[source]?.lost else { return }
            agents[source]?.lost = bounded(lost, count)
        case .history(let history):
            update(source, history.strategy) { $0.window.restore(history.windowSlots) }
        case .standing(let order):
            hold(order, since: time)
        case .standingEnd(let end):
            release(end.id)
        case .alert(let alert):
            alerts.take(alert, at: time)
            note(Line(at: time, source: source, message))
        case .command, .commandStatus, .commandDone, .clock:
            note(Line(at: time, source: source, message))
        case .recording, .keyframe, .keyframeEnd, .historyEnd, .beat, .error, .total, .slot,
            .unknown:
            break
        }
    }

    /// Counts a delta of an instance that arrived at a time in Unix milliseconds.
    package mutating func count(_ delta: Delta, of id: InstanceID, at time: Int64) {
        at = max(at, time)
        agents[id]?.update(delta.strategy) { $0.count(delta, at: time) }
    }

    /// Applies a line that reports an event; see ``apply(_:from:at:)``.
    public mutating func apply(_ line: Line) {
        apply(line.message, from: line.source, at: line.at ?? at)
    }

    /// The transitions of a strategy's breaker that are still in the journal, oldest first.
    public func transitions(of id: InstanceID, _ strategy: String) -> [(at: Int64, BreakerChange)] {
        journal.compactMap { line in
            guard line.source == id, case .breaker(let change) = line.message,
                change.strategy == strategy, let at = line.at
            else { return nil }
            return (at: at, change)
        }
    }

    private mutating func rise(_ id: InstanceID, _ up: AgentUp, at time: Int64) {
        if agents[id] == nil {
            add(id, up, at: time)
        } else {
            gone.remove(id)
            agents[id]?.rise(up, at: time)
        }
        note(Line(at: time, source: id, .agentUp(up)))
        forgetGone()
    }

    /// Adds an instance that was not known.
    mutating func add(_ id: InstanceID, _ up: AgentUp, at time: Int64) {
        agents[id] = AgentRecord(id, up, at: time)
        heads.add(id)
        if up.state == .gone { gone.add(id, since: time) }
    }

    private mutating func fall(
        _ id: InstanceID?, to state: AgentState, why: String, _ line: Line
    ) {
        note(line)
        guard let id, let time = line.at, agents[id] != nil else { return }
        if state == .gone { gone.add(id, since: time) } else { gone.remove(id) }
        agents[id]?.state = state
        if state == .gone { agents[id]?.forgetWhatMayBeChanged() }
        agents[id]?.since = time
        agents[id]?.why = why
        forgetGone()
    }

    mutating func update(
        _ id: InstanceID?, _ strategy: String, _ change: (inout StrategyRecord) -> Void
    ) {
        guard let id else { return }
        agents[id]?.update(strategy, change)
    }

    mutating func note(_ line: Line) {
        journal.append(line)
        if journal.count > Self.journalLimit {
            journal.removeFirst(journal.count - Self.journalLimit)
        }
    }

    /// Removes gone instances that are too old or too many.
    ///
    /// - Parameter earliest: the time before which they are too old, in Unix milliseconds.
    mutating func forgetGone(before earliest: Int64? = nil) {
        let forgotten = gone.forget(before: earliest ?? at - Self.goneMS)
        guard !forgotten.isEmpty else { return }
        for id in forgotten where agents.removeValue(forKey: id) != nil { heads.remove(id) }
        // A journal line `agent_up` of a forgotten instance would read as a connected instance in a
        // keyframe.
        journal.removeAll { line in
            guard case .agentUp = line.message, let source = line.source else { return false }
            return forgotten.contains(source)
        }
    }
}
