public import ResilienceWire

extension Fleet {
    /// Creates a keyframe: the whole state as lines, from `keyframe` to `keyframe_end`.
    ///
    /// - Parameters:
    ///   - beatMS: the interval of the `beat` lines that follow, in milliseconds; `nil` for none.
    ///   - historyMS: the age of the oldest window slots to include, in milliseconds; `nil`: all
    ///     slots.
    public func keyframe(
        at time: Int64, beatMS: Int? = nil, historyMS: Int64? = nil
    ) -> Keyframe {
        Keyframe(of: self, at: time, beatMS: beatMS, historyMS: historyMS)
    }
}

/// The state of a fleet as a lazy sequence of lines. For 20,000 strategies the lines take several
/// hundred megabytes, so they are not made all at once.
///
/// It keeps a copy of the fleet, so later changes do not affect it.
public struct Keyframe: Sequence, IteratorProtocol, Sendable {
    /// The number of strategies.
    public let strategyCount: Int
    /// The number of lines, including the first and the last. Exact once ``count(strategies:)`` is
    /// done.
    public private(set) var lineCount: Int
    private let fleet: Fleet
    private let time: Int64
    private let beatMS: Int?
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
    private var isTailReady = false

    fileprivate init(of fleet: Fleet, at time: Int64, beatMS: Int?, historyMS: Int64?) {
        self.fleet = fleet
        self.time = time
        self.beatMS = beatMS
        earliest = historyMS.map { Swift.max(0, time - $0 - Window.slotMS) } ?? .min
        agents = fleet.agents.values.sorted { $0.id < $1.id }[...]
        uncounted = agents
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
            lineCount += agent.lineCount(from: earliest)
            left -= Swift.max(1, agent.strategies.count)
        }
        return uncounted.isEmpty
    }

    /// The next line; `nil` after `keyframe_end`.
    public mutating func next() -> Line? {
        if !isBegun {
            isBegun = true
            _ = count(strategies: .max)
            return Line(at: time, .keyframe(lines: lineCount - 2, beatMS: beatMS))
        }
        while ready.isEmpty {
            if let agent, let name = names.popFirst() {
                ready =
                    (agent.strategies[name]?.lines(of: agent.id, at: time, from: earliest) ?? [])[
                        ...]
            } else if let next = agents.popFirst() {
                agent = next
                names = next.strategies.keys.sorted()[...]
                ready = [next.line]
            } else if !isTailReady {
                isTailReady = true
                ready = (tail + [Line(at: time, .keyframeEnd)])[...]
            } else {
                return nil
            }
        }
        return ready.popFirst()
    }
}

extension AgentRecord {
    fileprivate func lineCount(from earliest: Int64) -> Int {
        strategies.values.reduce(1) { $0 + 2 + $1.usedSlots(from: earliest) }
    }

    fileprivate var line: Line {
        let up = AgentUp(
            pid: pid, client: client, intervalMS: intervalMS, state: state, lost: lost,
            why: why)
        return Line(at: since, source: id, .agentUp(up))
    }
}

extension StrategyRecord {
    fileprivate func lines(
        of id: InstanceID, at time: Int64, from earliest: Int64
    ) -> [Line] {
        let total = Delta(
            strategy: name, sequence: sequence, missed: gaps, spanMS: 0, counters: total)
        let slots = window.slots(from: earliest).map { slot in
            let delta = Delta(
                strategy: name, sequence: 0, spanMS: Window.slotMS, counters: slot.counters)
            return Line(at: slot.start, source: id, .slot(delta))
        }
        return [
            Line(at: time, source: id, .strategy(declaration(at: time))),
            Line(at: time, source: id, .total(total)),
        ] + slots
    }
}
