public import ResilienceWire

extension Fleet {
    /// The whole state as lines, from `keyframe` to `keyframe_end`.
    ///
    /// - Parameter beatMS: how often a `beat` follows, in milliseconds; `nil` where none does.
    public func keyframe(at time: Int64, beatMS: Int? = nil) -> Keyframe {
        Keyframe(of: self, at: time, beatMS: beatMS)
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
    private var agents: ArraySlice<AgentRecord>
    private var ready: ArraySlice<Line>
    private var isTailReady = false

    fileprivate init(of fleet: Fleet, at time: Int64, beatMS: Int?) {
        self.fleet = fleet
        self.time = time
        agents = fleet.agents.values.sorted { $0.id < $1.id }[...]
        tail =
            fleet.standing.map { Line(at: $0.at, .standing($0.order)) }
            + fleet.alerts.lines(besides: fleet.journal)
            + fleet.journal
        let between = agents.reduce(tail.count) { $0 + $1.lineCount }
        lineCount = between + 2
        ready = [Line(at: time, .keyframe(lines: between, beatMS: beatMS))]
    }

    /// The next line; `nil` after `keyframe_end`.
    public mutating func next() -> Line? {
        while ready.isEmpty {
            if let agent = agents.popFirst() {
                ready = agent.lines(at: time)[...]
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
    fileprivate var lineCount: Int {
        strategies.values.reduce(1) { $0 + 2 + $1.window.usedSlots }
    }

    fileprivate func lines(at time: Int64) -> [Line] {
        let up = AgentUp(
            pid: pid, client: client, intervalMS: intervalMS, state: state, lost: lost,
            why: why)
        return strategies.values.sorted { $0.name < $1.name }
            .reduce(into: [Line(at: since, source: id, .agentUp(up))]) {
                $0 += $1.lines(of: id, at: time)
            }
    }
}

extension StrategyRecord {
    fileprivate func lines(of id: InstanceID, at time: Int64) -> [Line] {
        let total = Delta(
            strategy: name, sequence: sequence, missed: gaps, spanMS: 0, counters: total)
        let slots = window.slots.map { slot in
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
