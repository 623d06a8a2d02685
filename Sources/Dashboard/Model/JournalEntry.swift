import Fleet
public import ResilienceWire

/// One line of the journal.
struct JournalEntry: Equatable, Sendable {
    /// The meaning of the entry, which sets its colour.
    enum Tone: Equatable, Sendable {
        case neutral, pending, good, bad
    }

    /// Unix milliseconds.
    let at: Int64
    /// The event as text.
    let text: String
    /// The outcome of a command: the answers of the instances.
    var outcome = ""
    let tone: Tone
    /// The transition that the entry reports; `nil` for other entries.
    var transition: TransitionMark?

    /// The entry in one line. The outcome comes first, because the end may not fit.
    var words: String { outcome.isEmpty ? text : "\(outcome) (\(text))" }
}

extension JournalEntry {
    /// Creates an entry for a line of the fleet's journal; `nil` for a line that belongs to another
    /// entry.
    init?(_ line: Line, in fleet: Fleet, statuses: [String: [CommandStatus]] = [:]) {
        let at = line.at ?? 0
        let name = line.source.map(fleet.name) ?? ""
        switch line.message {
        case .command(let command):
            self.init(command, at: at, outcome: Outcome(statuses[command.id] ?? [], in: fleet))
        case .breaker(let change):
            let why = change.why.isEmpty ? "" : ": \(change.why)"
            let by = change.by == .policy ? "" : " by \(change.by.rawValue)"
            self.init(
                at: at,
                text: "\(name):\(change.strategy) \(change.from.words) -> \(change.to.words)\(by)"
                    + why,
                tone: change.to.tone, transition: TransitionMark(line))
        case .limit(let change):
            let values = "\(Format.number(change.was)) -> \(Format.number(change.value))"
            let why = change.why.isEmpty ? "" : ": \(change.why)"
            self.init(
                at: at,
                text: "\(name):\(change.strategy) \(change.name) \(values) by \(change.by.rawValue)"
                    + (change.pinned ? ", pinned" : "") + why,
                tone: .neutral)
        case .agentUp: self.init(at: at, text: "\(name) up", tone: .good)
        case .agentStale: self.init(at: at, text: "\(name) stale: silent for 15s", tone: .bad)
        case .agentGone(let why):
            self.init(at: at, text: "\(name) gone" + (why.isEmpty ? "" : ": \(why)"), tone: .bad)
        case .alert(let alert):
            let silenced = alert.silence.map { "is silenced (\($0.reason))" }
            let verb = alert.firing ? silenced ?? "fires" : "is over"
            self.init(
                at: at, text: "alert \(alert.rule) \(verb) for \(alert.about): \(alert.detail)",
                tone: !alert.firing ? .good : alert.silence == nil ? .bad : .neutral)
        case .clock(let jump):
            let amount = Format.duration(abs(jump))
            self.init(
                at: at, text: "the hub's clock jumped \(amount) \(jump < 0 ? "back" : "ahead")",
                tone: .bad)
        case .commandStatus, .commandDone, .strategy, .delta, .call, .lost, .beat, .error,
            .recording, .keyframe, .keyframeEnd, .total, .slot, .history, .historyEnd, .standing,
            .standingEnd, .unknown:
            return nil
        }
    }

    /// Creates an entry for a command and its outcome.
    init(_ command: StreamCommand, at: Int64, outcome: Outcome) {
        let who = command.who ?? "you"
        var text = "\(command.standing == nil ? who : "standing order of \(who):") "
        text += "\(command.order.words) \(command.address)"
        if let reason = command.reason, !reason.isEmpty { text += " (\(reason))" }
        if !command.isAudited { text += " UNAUDITED" }
        self.init(at: at, text: text, outcome: outcome.text, tone: outcome.tone)
    }
}

extension Order {
    /// The order as text: `open for 15m`, `max_attempts = 2`.
    public var words: String {
        switch self {
        case .open(let forMS?): "open for \(Format.duration(forMS))"
        case .open(nil): "open until reset"
        case .reset: "reset"
        case .halfOpen: "probe"
        case .disable: "disable"
        case .enable: "enable"
        case .setLimit(let name, let value?): "\(name) = \(Format.number(value))"
        case .setLimit(let name, nil): "\(name) = auto"
        case .tap: "tap"
        case .unknown(let word): word
        }
    }
}

extension BreakerState {
    fileprivate var tone: JournalEntry.Tone {
        switch self {
        case .open, .forcedOpen, .disabled: .bad
        case .halfOpen: .pending
        case .closed: .good
        }
    }
}
