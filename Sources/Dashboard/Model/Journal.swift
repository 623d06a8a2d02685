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
    /// The latest command from here with what of it was said last, until it is over.
    private var followed: Sent?
    private var news: JournalEntry?

    /// At most so many commands are remembered until the hub tells of them.
    private static let sentLimit = 50

    /// A command goes out.
    mutating func send(_ command: Command, at now: Int64) {
        let one = Sent(command: command, at: now)
        sent.append(one)
        sent.removeFirst(max(0, sent.count - Self.sentLimit))
        followed = one
        news = JournalEntry(command, at: now, outcome: one.outcome)
    }

    /// What came of the latest command from here; `nil` where that was taken already.
    mutating func takeNews() -> JournalEntry? {
        defer { news = nil }
        return news
    }

    /// The hub is gone: what it did not tell of may or may not have happened.
    mutating func lose() {
        for index in sent.indices { sent[index].outcome = .unknown }
    }

    /// Takes over what the fleet's journal says.
    ///
    /// - Parameter isPresent: whether what was sent from here belongs to it.
    mutating func read(_ fleet: Fleet, isPresent: Bool) {
        var statuses: [String: [CommandStatus]] = [:]
        var told: Set<String> = []
        for line in fleet.journal {
            switch line.message {
            case .commandStatus(let status): statuses[status.id, default: []].append(status)
            case .command(let command): told.insert(command.id)
            case .hello, .strategy, .delta, .call, .breaker, .limit, .ack, .lost, .ping, .pong,
                .beat, .bye,
                .welcome, .error, .watch, .recording, .keyframe, .keyframeEnd, .agentUp,
                .agentStale, .agentGone, .total, .slot, .clock, .commandDone, .alert, .standing,
                .standingEnd, .unknown:
                break
            }
        }
        entries = fleet.journal.compactMap { JournalEntry($0, in: fleet, statuses: statuses) }
        guard isPresent else { return }
        follow(statuses, in: fleet)
        sent.removeAll { told.contains($0.command.id) }
        entries += sent.map {
            JournalEntry($0.command, at: $0.at, outcome: Self.outcome(of: $0, statuses, in: fleet))
        }
    }

    /// An operator's own socket tells of the statuses too.
    private static func outcome(
        of one: Sent, _ statuses: [String: [CommandStatus]], in fleet: Fleet
    ) -> Outcome {
        statuses[one.command.id].map { Outcome($0, in: fleet) } ?? one.outcome
    }

    private mutating func follow(_ statuses: [String: [CommandStatus]], in fleet: Fleet) {
        guard var one = followed else { return }
        let unheard = sent.first { $0.command.id == one.command.id } ?? one
        let outcome = Self.outcome(of: unheard, statuses, in: fleet)
        guard outcome != one.outcome else { return }
        one.outcome = outcome
        followed = outcome.isOver ? nil : one
        news = JournalEntry(one.command, at: one.at, outcome: outcome)
    }
}
