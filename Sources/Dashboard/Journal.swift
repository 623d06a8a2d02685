import Fleet
import ResilienceWire

/// The journal's lines, and the commands that were sent from here.
struct Journal: Sendable {
    /// A command of which the hub has not told yet.
    private struct Sent: Sendable {
        let command: Command
        let at: Int64
        var outcome = Outcome.pending
    }

    /// The entries, oldest first.
    private(set) var entries: [JournalEntry] = []
    private var sent: [Sent] = []

    /// At most so many commands are remembered until the hub tells of them.
    private static let sentLimit = 50

    /// A command goes out.
    mutating func send(_ command: Command, at now: Int64) {
        sent.append(Sent(command: command, at: now))
        sent.removeFirst(max(0, sent.count - Self.sentLimit))
    }

    /// The hub is gone: what it did not tell of may or may not have happened.
    mutating func lose() {
        for index in sent.indices { sent[index].outcome = .unknown }
    }

    /// Takes over what the fleet's journal says.
    mutating func read(_ fleet: Fleet) {
        var statuses: [String: [CommandStatus]] = [:]
        var told: Set<String> = []
        for line in fleet.journal {
            switch line.message {
            case .commandStatus(let status): statuses[status.id, default: []].append(status)
            case .command(let command): told.insert(command.id)
            case .hello, .strategy, .delta, .call, .breaker, .limit, .ack, .lost, .ping, .bye,
                .welcome, .error, .watch, .recording, .keyframe, .keyframeEnd, .agentUp,
                .agentStale, .agentGone, .total, .slot, .clock, .commandDone, .alert, .standing,
                .standingEnd, .unknown:
                break
            }
        }
        sent.removeAll { told.contains($0.command.id) }
        entries = fleet.journal.compactMap { JournalEntry($0, statuses: statuses) }
        entries += sent.map {
            // An operator's own socket tells of the statuses too.
            let answers = statuses[$0.command.id] ?? []
            let outcome = answers.isEmpty ? $0.outcome : Outcome(answers)
            return JournalEntry($0.command, at: $0.at, outcome: outcome)
        }
    }
}
