import ResilienceWire

extension CommandTracker {
    /// A command that is remembered, with its outcomes.
    struct Entry: Sendable {
        var command: StreamCommand
        var requesters: [Requester]
        /// Whether it was sent.
        var isSent = false
        /// Whether an instance has carried it out.
        var isTaken = false
        /// The expiry in milliseconds of CLOCK_MONOTONIC. Agents do not carry out the command after
        /// it.
        var expiry: Int64
        var deliveries: [InstanceID: DeliveryState] = [:]
        /// What the command does without an instance, until the audit log has it.
        var standing: String?
        /// The outcome if the command went to no instance.
        var nobody: CommandStatus?
        /// The numbers of outcomes, once the outcomes themselves are forgotten.
        private var summary: CommandDone?

        init(command: StreamCommand, requesters: [Requester], expiry: Int64) {
            self.command = command
            self.requesters = requesters
            self.expiry = expiry
        }

        var isOver: Bool {
            standing == nil
                && deliveries.values.allSatisfy { if case .over = $0 { true } else { false } }
        }

        var queued: [InstanceID] {
            deliveries.filter { $0.value == .queued }.keys.sorted()
        }

        var isQueued: Bool { standing != nil || !queued.isEmpty }

        /// Whether the command ends standing orders although no instance has answered it. An
        /// instance that hangs must not keep a hold in force.
        var endsUnanswered: Bool {
            guard isSent, !isTaken, Fleet.Effect(command.order)?.holds == false else {
                return false
            }
            return outcomes.allSatisfy { $0.status == .timedOut || $0.status == .noAgent }
        }

        var outcomes: [CommandStatus] {
            let over = deliveries.sorted { $0.key < $1.key }.compactMap { _, delivery in
                if case .over(let status) = delivery { status } else { nil }
            }
            return nobody.map { [$0] } ?? over
        }

        /// The message that the command is over.
        var done: CommandDone {
            if let summary { return summary }
            let acked = outcomes.filter { $0.status == .acked }
            return CommandDone(
                id: command.id, acked: acked.count { $0.instance != nil },
                failed: outcomes.count - acked.count)
        }

        /// Forgets the outcomes at single instances, except their numbers.
        mutating func summarise() {
            summary = done
            deliveries = [:]
        }
    }
}
