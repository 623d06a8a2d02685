public import ResilienceWire

/// All agents and their strategies, as the stream tells of them: the one aggregate, the same in the
/// hub, in a viewer and in a replay.
public struct Fleet: Equatable, Sendable {
    /// Every instance heard of. An instance that is gone stays for ten minutes, and then until the next
    /// one comes or goes: a fleet is changed by lines alone, so that all who took them know the same.
    public internal(set) var agents: [InstanceID: AgentRecord] = [:]
    /// The instances that are gone.
    var gone = GoneInstances()
    /// What tells instances apart by few digits.
    var heads = InstanceHeads()
    /// Orders that hold for instances to come, oldest first.
    public internal(set) var standing: [Standing] = []
    /// The same by the strategy that they are about.
    var standingByStrategy: [String: [Standing]] = [:]
    /// Alerts that fire, oldest first.
    public internal(set) var alerts: [FiringAlert] = []
    /// What happened, oldest first: transitions, commands, agents that came and went, alerts.
    public internal(set) var journal: [Line] = []
    /// Unix milliseconds of the latest line.
    public internal(set) var at: Int64 = 0
    /// Whether the lines of a keyframe are being applied: its journal is history, not news.
    private var isInKeyframe = false

    /// The most journal entries that are kept.
    public static let journalLimit = 500
    /// How long an instance that is gone is kept, in milliseconds.
    public static let goneMS: Int64 = 600_000
    /// The most instances that are gone and kept.
    public static let goneLimit = 200

    /// No agents yet.
    public init() {}

    /// Takes in a message of the stream.
    ///
    /// - Parameters:
    ///   - source: the instance that it is from or about.
    ///   - time: Unix milliseconds at which the hub received or made it.
    public mutating func apply(_ message: Message, from source: InstanceID?, at time: Int64) {
        if case .keyframe = message { self = Fleet() }
        if !isInKeyframe { at = max(at, time) }
        switch message {
        case .keyframe:
            at = time
            isInKeyframe = true
        case .keyframeEnd:
            isInKeyframe = false
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
            update(source, delta.strategy) { $0.count(delta, at: time) }
        case .call(let call):
            update(source, call.strategy) { $0.count(call, at: time) }
        case .total(let total):
            update(source, total.strategy) {
                $0.sequence = total.sequence
                $0.gaps = total.missed
                $0.total = total.counters
                $0.total.foldWhatIsTooMuch()
            }
        case .slot(let slot):
            update(source, slot.strategy) { $0.window.add(slot.counters, start: time) }
        case .breaker(let change):
            if !isInKeyframe {
                update(source, change.strategy) { _ = $0.change(change, at: time) }
            }
            note(Line(at: time, source: source, message))
        case .limit(let change):
            if !isInKeyframe { update(source, change.strategy) { $0.change(change) } }
            note(Line(at: time, source: source, message))
        case .lost(let count):
            guard let source, let lost = agents[source]?.lost else { return }
            agents[source]?.lost = bounded(lost, count)
        case .standing(let order):
            hold(order, since: time)
        case .standingEnd(let end):
            release(end.id)
        case .alert(let alert):
            alerts.take(alert, at: time)
            note(Line(at: time, source: source, message))
        case .command, .commandStatus, .commandDone, .clock:
            note(Line(at: time, source: source, message))
        case .hello, .ack, .ping, .pong, .beat, .bye, .welcome, .error, .watch, .recording,
            .unknown:
            break
        }
    }

    /// Takes in a line of the stream or of a recording.
    public mutating func apply(_ line: Line) {
        apply(line.message, from: line.source, at: line.at ?? at)
    }

    /// The transitions of a strategy's breaker that the journal still has, oldest first.
    public func transitions(of id: InstanceID, _ strategy: String) -> [(at: Int64, BreakerChange)] {
        journal.compactMap { line in
            guard line.source == id, case .breaker(let change) = line.message,
                change.strategy == strategy, let at = line.at
            else { return nil }
            return (at: at, change)
        }
    }

    private mutating func rise(_ id: InstanceID, _ up: AgentUp, at time: Int64) {
        let line = Line(at: time, source: id, .agentUp(up))
        guard agents[id] != nil else {
            agents[id] = AgentRecord(id, up, at: time)
            heads.add(id)
            if up.state == .gone { gone.add(id, since: time) }
            // What a keyframe declares is no news; its news stand in its journal.
            if !isInKeyframe { note(line) }
            forgetGone()
            return
        }
        if !isInKeyframe {
            gone.remove(id)
            agents[id]?.rise(up, at: time)
            forgetGone()
        }
        note(line)
    }

    private mutating func fall(
        _ id: InstanceID?, to state: AgentState, why: String, _ line: Line
    ) {
        note(line)
        guard let id, let time = line.at else { return }
        if isInKeyframe {
            // Its `agent_up` has the state; why it came to that stands only here.
            if agents[id]?.state == state, agents[id]?.since == time { agents[id]?.why = why }
            return
        }
        guard agents[id] != nil else { return }
        if state == .gone { gone.add(id, since: time) } else { gone.remove(id) }
        agents[id]?.state = state
        if state == .gone { agents[id]?.forgetWhatMayBeChanged() }
        agents[id]?.since = time
        agents[id]?.why = why
        forgetGone()
    }

    private mutating func update(
        _ id: InstanceID?, _ strategy: String, _ change: (inout StrategyRecord) -> Void
    ) {
        guard let id else { return }
        agents[id]?.update(strategy, change)
    }

    private mutating func note(_ line: Line) {
        journal.append(line)
        if journal.count > Self.journalLimit {
            journal.removeFirst(journal.count - Self.journalLimit)
        }
    }

    /// Forgets instances that went long ago. A keyframe has exactly those that its hub knows.
    private mutating func forgetGone() {
        let forgotten = gone.forget(before: isInKeyframe ? .min : at - Self.goneMS)
        guard !forgotten.isEmpty else { return }
        for id in forgotten where agents.removeValue(forKey: id) != nil { heads.remove(id) }
        // In a keyframe it would read as an instance that is connected.
        journal.removeAll { line in
            guard case .agentUp = line.message, let source = line.source else { return false }
            return forgotten.contains(source)
        }
    }
}
