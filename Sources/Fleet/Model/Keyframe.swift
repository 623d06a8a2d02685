public import ResilienceWire

extension Fleet {
    /// Creates a keyframe: the whole state as lines, from `keyframe` to `keyframe_end` or
    /// `history_end`.
    ///
    /// - Parameters:
    ///   - beatMS: the interval of the `beat` lines that follow, in milliseconds; `nil` for none.
    ///   - historyMS: the age of the oldest window slots to include, in milliseconds; `nil`: all
    ///     slots.
    ///   - hasHistory: whether the slots come in `history` lines after `keyframe_end`, and not in
    ///     `slot` lines before it.
    public func keyframe(
        at time: Int64, beatMS: Int? = nil, historyMS: Int64? = nil, hasHistory: Bool = false
    ) -> Keyframe {
        Keyframe(
            of: self, at: time, beatMS: beatMS, historyMS: historyMS, hasHistory: hasHistory)
    }
}

/// The state of a fleet as a lazy sequence of lines. For 20,000 strategies the lines take several
/// hundred megabytes, so they are not made all at once.
///
/// It keeps a copy of the fleet, so later changes do not affect it.
public struct Keyframe: Sequence, IteratorProtocol, Sendable {
    private enum Phase {
        case state, history, over
    }

    /// The number of strategies.
    public let strategyCount: Int
    /// The number of lines from `keyframe` to `keyframe_end`. Exact once ``count(strategies:)`` is
    /// done.
    public private(set) var lineCount: Int
    /// The number of slots in the `history` lines. Exact once ``count(strategies:)`` is done.
    public private(set) var historySlots = 0
    private let fleet: Fleet
    private let time: Int64
    private let beatMS: Int?
    private let hasHistory: Bool
    private let tail: [Line]
    /// Slots that start before this time are left out.
    private let earliest: Int64
    private var agents: ArraySlice<AgentRecord>
    /// The agents whose lines are not counted yet.
    private var uncounted: ArraySlice<AgentRecord>
    /// The agent whose strategies come next, and their remaining names. The lines of one strategy
    /// are made at a time.
    private var agent: AgentRecord?
    private var names: ArraySlice<String> = []
    private var ready: ArraySlice<Line> = []
    private var isBegun = false
    private var phase = Phase.state
    /// The agents whose history follows the end.
    private let remembered: ArraySlice<AgentRecord>

    fileprivate init(
        of fleet: Fleet, at time: Int64, beatMS: Int?, historyMS: Int64?, hasHistory: Bool
    ) {
        self.fleet = fleet
        self.time = time
        self.beatMS = beatMS
        self.hasHistory = hasHistory
        earliest = historyMS.map { Swift.max(0, time - $0 - Window.slotMS) } ?? .min
        agents = fleet.agents.values.sorted { $0.id < $1.id }[...]
        uncounted = agents
        remembered = hasHistory ? agents : []
        strategyCount = agents.reduce(0) { $0 + $1.strategies.count }
        tail =
            fleet.standing.map { Line(at: $0.at, .standing($0.order)) }
            + fleet.alerts.lines(besides: fleet.journal)
            + fleet.journal
        lineCount = tail.count + 2
    }

    /// Counts the lines of further agents until these have a number of strategies. The first line
    /// has the number of all lines; counting them for a large fleet takes milliseconds.
    ///
    /// - Returns: whether all lines are counted.
    public mutating func count(strategies: Int) -> Bool {
        var left = strategies
        while left > 0, let agent = uncounted.popFirst() {
            let slots = agent.strategies.values.reduce(0) { $0 + $1.usedSlots(from: earliest) }
            lineCount += 1 + 2 * agent.strategies.count + (hasHistory ? 0 : slots)
            historySlots += hasHistory ? slots : 0
            left -= Swift.max(1, agent.strategies.count)
        }
        return uncounted.isEmpty
    }

    /// The next line; `nil` after the last.
    public mutating func next() -> Line? {
        if !isBegun {
            isBegun = true
            _ = count(strategies: .max)
            return Line(
                at: time,
                .keyframe(lines: lineCount - 2, beatMS: beatMS, hasHistory: hasHistory))
        }
        while ready.isEmpty {
            if let agent, let name = names.popFirst() {
                ready = (agent.strategies[name].map { lines(of: $0, of: agent.id) } ?? [])[...]
            } else if let next = agents.popFirst() {
                agent = next
                names = next.strategies.keys.sorted()[...]
                if phase == .state { ready = [next.line] }
            } else {
                switch phase {
                case .state:
                    ready = (tail + [Line(at: time, .keyframeEnd)])[...]
                    agents = remembered
                    phase = hasHistory ? .history : .over
                case .history:
                    ready = [Line(at: time, .historyEnd)]
                    phase = .over
                case .over:
                    return nil
                }
            }
        }
        return ready.popFirst()
    }

    /// The lines of a strategy in the present phase.
    private func lines(of record: StrategyRecord, of id: InstanceID) -> [Line] {
        if phase == .history {
            let history = History(of: record.name, record.window.slots(from: earliest))
            return history.map { [Line(at: time, source: id, .history($0))] } ?? []
        }
        let total = Delta(
            strategy: record.name, sequence: record.sequence, missed: record.gaps, spanMS: 0,
            counters: record.total)
        let state = [
            Line(at: time, source: id, .strategy(record.declaration(at: time))),
            Line(at: time, source: id, .total(total)),
        ]
        guard !hasHistory else { return state }
        let slots = record.window.slots(from: earliest).map { slot in
            let delta = Delta(
                strategy: record.name, sequence: 0, spanMS: Window.slotMS, counters: slot.counters)
            return Line(at: slot.start, source: id, .slot(delta))
        }
        return state + slots
    }
}

extension AgentRecord {
    fileprivate var line: Line {
        let up = AgentUp(
            pid: pid, client: client, intervalMS: intervalMS, state: state, lost: lost,
            why: why)
        return Line(at: since, source: id, .agentUp(up))
    }
}
