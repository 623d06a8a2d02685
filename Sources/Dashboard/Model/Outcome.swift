import Fleet
import ResilienceWire

/// The outcome of a command over all its instances.
struct Outcome: Equatable, Sendable {
    /// The outcome as text: `acked 3/3 2.1ms`, `refused: max_attempts is at least 1`.
    let text: String
    let tone: JournalEntry.Tone
    /// Whether all instances have answered or failed.
    let isOver: Bool

    /// Sent, without any answer yet.
    static let pending = Outcome(text: "pending", tone: .pending, isOver: false)

    /// The connection was lost before the hub reported an outcome.
    static let unknown = Outcome(
        text: "unknown: the hub was lost before it answered", tone: .bad, isOver: false)

    private init(text: String, tone: JournalEntry.Tone, isOver: Bool) {
        self.text = text
        self.tone = tone
        self.isOver = isOver
    }

    /// Summarises the statuses of a command, given in the order of arrival.
    init(_ statuses: [CommandStatus], in fleet: Fleet) {
        var latest: [InstanceID: CommandStatus] = [:]
        var instances: [InstanceID] = []
        // Several hubs may each report an outcome without an instance.
        let nobody = statuses.filter { $0.instance == nil }
        for status in statuses {
            guard let instance = status.instance else { continue }
            if latest[instance] == nil { instances.append(instance) }
            latest[instance] = status
        }
        let outcomes = instances.compactMap { latest[$0] } + nobody
        let acked = outcomes.filter { $0.status == .acked }
        let waiting = outcomes.count { $0.status == .sent }
        let problems = outcomes.filter { $0.status != .acked && $0.status != .sent }
        var parts: [String] = []
        if !acked.isEmpty {
            let share = outcomes.count > 1 ? " \(acked.count)/\(outcomes.count)" : ""
            let took = acked.compactMap(\.tookMS).max().map { " " + Format.took(milliseconds: $0) }
            parts.append("acked\(share)\(took ?? "")")
        }
        for status in problems {
            let part = status.words(
                of: outcomes.count > 1 ? status.instance.map(fleet.digits) : nil)
            if !parts.contains(part) { parts.append(part) }
        }
        if waiting > 0 {
            parts.append(outcomes.count > 1 ? "pending \(waiting)/\(outcomes.count)" : "pending")
        }
        isOver = waiting == 0 && !outcomes.isEmpty
        text = parts.isEmpty ? Self.pending.text : parts.joined(separator: ", ")
        tone = !problems.isEmpty ? .bad : waiting > 0 || outcomes.isEmpty ? .pending : .good
    }
}

extension CommandStatus {
    fileprivate func words(of digits: String?) -> String {
        let name = digits.map { " @\($0)" } ?? ""
        let detail = detail.flatMap { $0.isEmpty ? nil : ": \($0)" } ?? ""
        return switch status {
        case .sent: "pending\(name)"
        case .acked: "acked\(name)"
        case .refused: "refused\(name)\(detail)"
        case .timedOut: "timed out\(name)\(detail)"
        case .noAgent: "no agent\(name)\(detail)"
        case .late: "late\(name)\(detail)"
        }
    }
}
