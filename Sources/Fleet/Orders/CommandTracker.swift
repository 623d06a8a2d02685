public import ResilienceWire

/// The state machine of all commands, from an operator's order to one visible outcome at each
/// instance. A delivery is queued until the audit log has the command, then sent, then acked,
/// refused, timed out or without agent. An answer after a timeout is late. Time is an input; each
/// input returns actions.
public struct CommandTracker: Sendable {
    /// The number of a requester that waits for a command's outcome.
    public typealias Requester = Int

    /// What the caller has to do after an input.
    public enum Action: Equatable, Sendable {
        /// Write the command and its instances to the audit log, then call
        /// ``CommandTracker/recorded``.
        case record(StreamCommand, [InstanceID])
        /// The command takes effect: change the standing orders.
        case changeStanding(StreamCommand)
        /// Send the command to an instance, which must not carry it out after `expires`, in
        /// milliseconds of CLOCK_MONOTONIC.
        case send(StreamCommand, expires: Int64, to: InstanceID)
        /// Send the message to all viewers.
        case publish(StreamMessage)
        /// Send the published message to the requester too, if it does not watch the stream.
        case reply(Requester, StreamMessage)
        /// Send the known outcome to a requester that used the id of an earlier command.
        case repeated(Requester, StreamMessage)
    }

    enum DeliveryState: Equatable, Sendable {
        case queued
        case sent(at: Double)
        case over(CommandStatus)
    }

    /// The time an agent has to answer, in milliseconds.
    public static let patienceMS: Int64 = 2_000
    /// The number of commands that are remembered, so that a repeated id is not carried out again.
    public static let memory = 1_000

    /// The number of outcomes at single instances that are remembered, to answer repeated ids. Of
    /// earlier commands, only the numbers of outcomes are.
    public static let outcomes = 20_000

    private var entries: [String: Entry] = [:]
    /// The ids, oldest first.
    private var order: [String] = []
    /// The number of the oldest commands whose outcomes are forgotten.
    private var summarised = 0
    /// The number of deliveries of all commands.
    private var deliveries = 0

    /// Creates a tracker without commands.
    public init() {}

    /// Starts a command: an operator's order, or a standing order that the hub renews.
    ///
    /// - Parameters:
    ///   - command: the command with its address and author.
    ///   - expires: when the operator does not wait any more, in milliseconds of CLOCK_MONOTONIC;
    ///     the command is not sent after it. `nil`: not before an agent's time to answer is over.
    ///   - reach: what the command goes to.
    ///   - requester: the requester that waits for the outcome; `nil` for the hub itself.
    ///   - now: CLOCK_MONOTONIC in milliseconds.
    public mutating func submit(
        _ command: StreamCommand, expires: Int64? = nil, _ reach: Fleet.Reach,
        by requester: Requester?, now: Double
    ) -> [Action] {
        if let known = entries[command.id] { return join(known, command.id, requester) }
        let patience = Int64(now) + Self.patienceMS
        let expiry = min(patience, expires ?? patience)
        var entry = Entry(
            command: command, requesters: requester.map { [$0] } ?? [], expiry: expiry)
        switch reach {
        case .found where expiry < Int64(now):
            let status = CommandStatus(
                id: command.id, status: .timedOut,
                detail: "not sent: it came \(Int64(now) - expiry) ms too late to the hub")
            entry.nobody = status
            remember(entry, command.id)
            return [.publish(.command(command))] + report(status, entry) + end(command.id)
        case .nothing(let detail):
            let status = CommandStatus(id: command.id, status: .noAgent, detail: detail)
            entry.nobody = status
            remember(entry, command.id)
            return [.publish(.command(command))] + report(status, entry) + end(command.id)
        case .standing(let detail):
            entry.standing = detail
            remember(entry, command.id)
            return [.record(command, [])]
        case .found(let instances):
            for instance in instances { entry.deliveries[instance] = .queued }
            remember(entry, command.id)
            return [.record(command, instances)]
        }
    }

    /// Sends a command after the attempt to write it to the audit log, successful or not.
    ///
    /// - Parameter isAudited: whether the audit log contains the command.
    public mutating func recorded(_ id: String, isAudited: Bool, now: Double) -> [Action] {
        guard var entry = entries[id], entry.isQueued else { return [] }
        entry.command.isAudited = isAudited
        var actions: [Action] = [.publish(.command(entry.command))]
        if let detail = entry.standing {
            return actions + [.changeStanding(entry.command)]
                + concludeStanding(id, CommandStatus(id: id, status: .acked, detail: detail))
        }
        entry.isSent = true
        for instance in entry.queued {
            entry.deliveries[instance] = .sent(at: now)
            actions.append(.send(entry.command, expires: entry.expiry, to: instance))
            actions += report(CommandStatus(id: id, instance: instance, status: .sent), entry)
        }
        entries[id] = entry
        return actions
    }

    /// Refuses a queued command that the hub is not allowed to send.
    public mutating func refused(_ id: String, _ detail: String) -> [Action] {
        guard let entry = entries[id], entry.isQueued else { return [] }
        if entry.standing != nil {
            return [.publish(.command(entry.command))]
                + concludeStanding(id, CommandStatus(id: id, status: .refused, detail: detail))
        }
        return [.publish(.command(entry.command))]
            + entry.queued.flatMap { instance in
                conclude(
                    id, instance,
                    CommandStatus(id: id, instance: instance, status: .refused, detail: detail))
            }
    }

    /// Applies an agent's answer.
    public mutating func answered(_ ack: Ack, by instance: InstanceID, now: Double) -> [Action] {
        // Ignore an answer to a command that was not sent to this instance.
        guard let entry = entries[ack.id], let delivery = entry.deliveries[instance] else {
            return []
        }
        switch delivery {
        case .queued:
            return []
        case .sent(let at):
            return take(ack)
                + conclude(ack.id, instance, status(of: ack, at: instance, took: now - at))
        case .over(let status) where status.status == .timedOut:
            var late = status
            late.status = .late
            switch ack.answer {
            case .ok: late.detail = "done, but answered after it had timed out"
            case .refused(let code, let detail):
                late.detail = "not done: \(detail.isEmpty ? code.rawValue : detail)"
            }
            entries[ack.id]?.deliveries[instance] = .over(late)
            return take(ack) + report(late, entry)
        case .over:
            return []
        }
    }

    /// Ends the deliveries to an instance that is no longer connected.
    public mutating func gone(_ instance: InstanceID) -> [Action] {
        pending(at: instance).flatMap { id in
            conclude(
                id, instance,
                CommandStatus(
                    id: id, instance: instance, status: .noAgent,
                    detail: "the agent went away before it answered"))
        }
    }

    /// Ends the deliveries whose time has expired.
    public mutating func tick(now: Double) -> [Action] {
        var actions: [Action] = []
        for (id, entry) in entries where Double(entry.expiry) <= now && !entry.isOver {
            if entry.standing != nil {
                actions += concludeStanding(
                    id, CommandStatus(id: id, status: .timedOut, detail: Self.tooSlow))
            }
            for (instance, delivery) in entry.deliveries {
                let status: CommandStatus
                switch delivery {
                case .over: continue
                case .queued:
                    status = CommandStatus(
                        id: id, instance: instance, status: .timedOut,
                        detail: Self.tooSlow)
                case .sent(let at):
                    let waited = (now - at).rounded()
                    status = CommandStatus(
                        id: id, instance: instance, status: .timedOut, tookMS: waited,
                        detail: "no answer within \(Format.duration(Int64(waited)))")
                }
                actions += conclude(id, instance, status)
            }
        }
        return actions
    }

    /// Whether a command that `fits` accepts waits for an answer, or was refused by the agent
    /// itself.
    public func isWaitingOrRefused(_ fits: (StreamCommand) -> Bool) -> Bool {
        entries.values.contains { entry in
            fits(entry.command)
                && (!entry.isOver
                    || entry.outcomes.contains { $0.status == .refused && $0.tookMS != nil })
        }
    }

    /// A remembered command; `nil` if the id is unknown.
    public func command(_ id: String) -> StreamCommand? { entries[id]?.command }

    /// Removes a requester that disconnected. It gets no further replies.
    public mutating func left(_ requester: Requester) {
        for id in order { entries[id]?.requesters.removeAll { $0 == requester } }
    }

    private func pending(at instance: InstanceID) -> [String] {
        order.filter { id in
            switch entries[id]?.deliveries[instance] {
            case .queued, .sent: true
            case .over, nil: false
            }
        }
    }

    /// Answers a repeated id with the earlier outcome. The command is not carried out again.
    private mutating func join(
        _ entry: Entry, _ id: String, _ requester: Requester?
    ) -> [Action] {
        guard let requester else { return [] }
        guard entry.isOver else {
            entries[id]?.requesters.append(requester)
            return []
        }
        return entry.outcomes.map { .repeated(requester, .commandStatus($0)) }
            + [.repeated(requester, .commandDone(entry.done))]
    }

    private mutating func take(_ ack: Ack) -> [Action] {
        guard case .ok = ack.answer, let entry = entries[ack.id], !entry.isTaken else { return [] }
        entries[ack.id]?.isTaken = true
        return [.changeStanding(entry.command)]
    }

    private static let tooSlow = "not sent: the audit log took too long"

    /// Ends a command that goes to no instance.
    private mutating func concludeStanding(_ id: String, _ status: CommandStatus) -> [Action] {
        entries[id]?.standing = nil
        entries[id]?.nobody = status
        guard let entry = entries[id] else { return [] }
        return report(status, entry) + end(id)
    }

    private mutating func conclude(
        _ id: String, _ instance: InstanceID, _ status: CommandStatus
    ) -> [Action] {
        entries[id]?.deliveries[instance] = .over(status)
        guard let entry = entries[id] else { return [] }
        return report(status, entry) + end(id)
    }

    private func report(_ status: CommandStatus, _ entry: Entry) -> [Action] {
        [.publish(.commandStatus(status))]
            + entry.requesters.map { .reply($0, .commandStatus(status)) }
    }

    private func end(_ id: String) -> [Action] {
        guard let entry = entries[id], entry.isOver else { return [] }
        let ends: [Action] = entry.endsUnanswered ? [.changeStanding(entry.command)] : []
        let done = StreamMessage.commandDone(entry.done)
        return ends + [.publish(done)] + entry.requesters.map { .reply($0, done) }
    }

    private mutating func remember(_ entry: Entry, _ id: String) {
        entries[id] = entry
        order.append(id)
        deliveries += entry.deliveries.count
        if order.count > Self.memory, let index = order.firstIndex(where: { isOver($0) }) {
            let removed = entries.removeValue(forKey: order.remove(at: index))
            deliveries -= removed?.deliveries.count ?? 0
            if index < summarised { summarised -= 1 }
        }
        while deliveries > Self.outcomes, isOver(order[summarised]) {
            let id = order[summarised]
            deliveries -= entries[id]?.deliveries.count ?? 0
            entries[id]?.summarise()
            summarised += 1
        }
    }

    private func isOver(_ id: String) -> Bool { entries[id]?.isOver ?? true }

    private func status(of ack: Ack, at instance: InstanceID, took: Double) -> CommandStatus {
        switch ack.answer {
        case .ok:
            CommandStatus(id: ack.id, instance: instance, status: .acked, tookMS: took)
        case .refused(let code, let detail):
            CommandStatus(
                id: ack.id, instance: instance, status: .refused, tookMS: took,
                detail: detail.isEmpty ? code.rawValue : detail)
        }
    }
}
