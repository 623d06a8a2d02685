import Fleet
import ResilienceWire

/// The journal entries, including commands that this dashboard has sent.
struct Journal: Sendable {
    /// A sent command that the hub has not reported yet.
    private struct Sent: Sendable {
        let command: OperatorCommand
        let at: Int64
        var outcome = Outcome.pending
    }

    /// The entries, oldest first.
    private(set) var entries: [JournalEntry] = []
    private var sent: [Sent] = []
    /// The latest command of this dashboard with its last reported outcome, until it ends.
    private var followed: Sent?
    private var news: JournalEntry?

    /// The maximum number of sent commands that are kept until the hub reports them.
    private static let sentLimit = 50

    /// Adds a command that was sent.
    mutating func send(_ command: OperatorCommand, at now: Int64) {
        let one = Sent(command: command, at: now)
        sent.append(one)
        sent.removeFirst(max(0, sent.count - Self.sentLimit))
        followed = one
        news = JournalEntry(StreamCommand(command), at: now, outcome: one.outcome)
    }

    /// Removes and returns the new outcome of the latest command of this dashboard; `nil` if there
    /// is none.
    mutating func takeNews() -> JournalEntry? {
        defer { news = nil }
        return news
    }

    /// Marks unreported commands as unknown after the hub is lost: they may have been carried out
    /// or not.
    mutating func lose() {
        for index in sent.indices { sent[index].outcome = .unknown }
    }

    /// Rebuilds the entries from the journal of the fleet.
    ///
    /// - Parameter isPresent: whether to include commands that were sent from this dashboard.
    mutating func read(_ fleet: Fleet, isPresent: Bool) {
        var statuses: [String: [CommandStatus]] = [:]
        var told: Set<String> = []
        for line in fleet.journal {
            if case .commandStatus(let status) = line.message {
                statuses[status.id, default: []].append(status)
            }
            if case .command(let command) = line.message { told.insert(command.id) }
        }
        entries = fleet.journal.compactMap { JournalEntry($0, in: fleet, statuses: statuses) }
        guard isPresent else { return }
        follow(statuses, in: fleet)
        sent.removeAll { told.contains($0.command.id) }
        entries += sent.map {
            JournalEntry(
                StreamCommand($0.command), at: $0.at,
                outcome: Self.outcome(of: $0, statuses, in: fleet))
        }
    }

    /// The outcome of a command. Its statuses can also arrive outside the journal, as replies on
    /// the operator's socket.
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
        news = JournalEntry(StreamCommand(one.command), at: one.at, outcome: outcome)
    }
}
