import ResilienceWire

extension Fleet {
    /// Applies a line between the first and the last of a keyframe.
    ///
    /// The lines of instances and strategies are present state. Those of the journal are history and
    /// change no record.
    mutating func restore(_ line: Line) {
        let time = line.at ?? at
        switch line.message {
        case .agentUp(let up):
            guard let source = line.source else { return }
            guard agents[source] == nil else { return note(line) }
            add(source, up, at: time)
            // Age does not count: a keyframe holds exactly the instances that its hub knows.
            forgetGone(before: .min)
        case .agentStale:
            note(line)
        case .agentGone(let why):
            note(line)
            // The `agent_up` line has the state; the reason is only in this journal line.
            guard let source = line.source, let record = agents[source] else { return }
            if record.state == .gone, record.since == time { agents[source]?.why = why }
        case .strategy(let declaration):
            update(line.source, declaration.strategy) { $0.declare(declaration, at: time) }
        case .total(let total):
            update(line.source, total.strategy) {
                $0.sequence = total.sequence
                $0.gaps = total.missed
                var counters = total.counters
                counters.foldWhatIsTooMuch()
                $0.total = counters
            }
        case .slot(let slot):
            update(line.source, slot.strategy) { $0.window.restore(slot.counters, start: time) }
        case .history:
            apply(line)
        case .standing(let order):
            hold(order, since: time)
        case .alert(let alert):
            alerts.take(alert, at: time)
            note(line)
        case .breaker, .limit, .command, .commandStatus, .commandDone, .clock:
            note(line)
        case .recording, .keyframe, .keyframeEnd, .historyEnd, .beat, .error, .delta, .call, .lost,
            .standingEnd, .unknown:
            break
        }
    }
}

extension History {
    /// The slots as those of a window.
    var windowSlots: [Window.Slot] {
        slots.map { slot in
            Window.Slot(
                start: from + Int64(slot.offset) * History.slotMS, counters: slot.counters)
        }
    }

    /// The history of a strategy whose window has these slots; `nil` without slots.
    init?(of strategy: String, _ slots: [Window.Slot]) {
        guard let from = slots.first?.start else { return nil }
        self.init(
            strategy: strategy, from: from,
            slots: slots.map { slot in
                Slot(
                    offset: Int((slot.start - from) / History.slotMS), counters: slot.counters)
            })
    }
}
