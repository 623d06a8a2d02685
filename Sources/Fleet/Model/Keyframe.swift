public import ResilienceWire

extension Fleet {
    /// The whole state as lines, from `keyframe` to `keyframe_end`.
    ///
    /// - Parameters:
    ///   - beatMS: how often a `beat` follows, in milliseconds; `nil` where none does.
    ///   - historyMS: how far back the slots of windows go, in milliseconds; `nil`: all that there are.
    public func keyframe(
        at time: Int64, beatMS: Int? = nil, historyMS: Int64? = nil
    ) -> Keyframe {
        Keyframe(of: self, at: time, beatMS: beatMS, historyMS: historyMS)
    }
}

/// A fleet's state as lines, made as they are asked for: of twenty thousand strategies they are
/// some hundred megabytes, which nobody wants at once.
///
/// It holds the fleet as it was, whatever becomes of it meanwhile.
public struct Keyframe: Sequence, IteratorProtocol, Sendable {
    /// Its lines, the first and the last included.
    public let lineCount: Int
    private let fleet: Fleet
    private let time: Int64
    private let tail: [Line]
    /// Slots that begin before this are left out.
    private let earliest: Int64
    private var agents: ArraySlice<AgentRecord>
    /// The agent whose strategies come next, and their names: one strategy's lines are made at a time.
    private var agent: AgentRecord?
    private var names: ArraySlice<String> = []
    private var ready: ArraySlice<Line>
    private var isTailReady = false

    fileprivate init(of fleet: Fleet, at time: Int64, beatMS: Int?, historyMS: Int64?) {
        self.fleet = fleet
        self.time = time
        let earliest = historyMS.map { Swift.max(0, time - $0 - Window.slotMS) } ?? .min
        self.earliest = earliest
        agents = fleet.agents.values.sorted { $0.id < $1.id }[...]
        tail =
            fleet.standing.map { Line(at: $0.at, .standing($0.order)) }
            + fleet.alerts.lines(besides: fleet.journal)
            + fleet.journal
        let between = agents.reduce(tail.count) { $0 + $1.lineCount(from: earliest) }
        lineCount = between + 2
        ready = [Line(at: time, .keyframe(lines: between, beatMS: beatMS))]
    }

    /// The next line; `nil` after `keyframe_end`.
    public mutating func next() -> Line? {
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
        strategies.values.reduce(1) { $0 + 2 + $1.window.usedSlots(from: earliest) }
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
