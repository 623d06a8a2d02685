import Fleet
import HostSupport
import NIOCore
import ResilienceWire
import Sockets

// The life of a command: audit, sending, outcome. Also the standing orders.

extension Hub {
    /// Performs the tracker's actions. Writes outcomes and standing orders to disk before it
    /// reports them.
    ///
    /// - Parameter user: the user of a command that goes to the audit log. `nil` for the hub
    ///   itself, which renews standing orders.
    func perform(_ actions: [CommandTracker.Action], for user: AuditEntry.User? = nil) {
        var outcomes: [UInt8] = []
        var standing: [UInt8]?
        for action in actions {
            switch action {
            case .firstAcked(let command):
                let changes = fleet.standingChanges(by: command, at: clock.at)
                for change in changes { publish(change) }
                if !changes.isEmpty { standing = standingLines() }
            case .publish(.commandStatus(let status)) where status.status != .sent:
                outcomes += outcome(status)
            case .record, .send, .publish, .reply, .repeated:
                break
            }
        }
        guard ledger != nil, !outcomes.isEmpty || standing != nil else {
            carryOut(actions, for: user)
            return
        }
        // A command to an agent does not wait until the outcomes of other commands are on disk.
        let orders = actions.filter { if case .send = $0 { true } else { false } }
        let rest = actions.filter { if case .send = $0 { false } else { true } }
        carryOut(orders, for: user)
        var contents: [DurableStore.File: [UInt8]] = outcomes.isEmpty ? [:] : [.audit: outcomes]
        contents[.standing] = standing
        write(contents, isIntent: standing != nil) { $0.carryOut(rest, for: user) }
    }

    private func carryOut(_ actions: [CommandTracker.Action], for user: AuditEntry.User?) {
        for action in actions {
            switch action {
            case .record(let command, let instances):
                record(command, instances, for: user ?? PeerUser.own)
            case .firstAcked: break
            case .send(let command, let expires, let instance):
                send(command, expires: expires, to: instance)
            case .publish(let message): publish(message)
            case .reply(let requester, let message):
                guard watchers[requester]?.isWatching == false else { continue }
                answer(requester, message)
            case .repeated(let requester, let message):
                answer(requester, message)
            }
        }
        flush()
    }

    /// Sends an answer to an operator. Disconnects the operator if it does not read its answers.
    private func answer(_ peer: Int, _ message: StreamMessage) {
        guard let watcher = watchers[peer] else { return }
        guard watcher.channel.isWritable else {
            slow.count += 1
            slow.last = watcher.user
            return refuse(
                peer,
                Refusal(
                    code: "slow",
                    detail:
                        "this operator does not read its answers; its commands are still carried out"
                ))
        }
        watcher.channel.send(Line(message))
    }

    /// Writes the intent to the audit log, and sends the command after that.
    private func record(
        _ command: StreamCommand, _ instances: [InstanceID], for user: AuditEntry.User
    ) {
        guard ledger != nil else {
            perform(book.recorded(command.id, isAudited: true, now: HubClock.monotonicMS))
            return
        }
        let values = instances.map { ($0, was: value(at: $0, command)) }
        let entry = AuditEntry.intent(command, user, values)
        let id = command.id
        write([.audit: entry.line(at: clock.at)], isIntent: true) { hub in
            let now = HubClock.monotonicMS
            if let why = hub.ledgerFailures[.audit], hub.options.requiresAudit {
                let detail = "the audit log cannot be written (\(why)) and --audit required is set"
                hub.perform(hub.book.refused(id, detail))
            } else {
                let isAudited = hub.ledgerFailures[.audit] == nil
                hub.perform(hub.book.recorded(id, isAudited: isAudited, now: now))
            }
        }
    }

    /// Writes to the durable store, reports changed failures, and then calls `then`.
    func write(
        _ contents: [DurableStore.File: [UInt8]], isIntent: Bool = false,
        then: @escaping @Sendable (isolated Hub) -> Void = { _ in }
    ) {
        ledger?.write(contents, isIntent: isIntent) { [weak self] failures in
            self?.assumeIsolated { hub in
                for file in contents.keys { hub.told(failures[file], of: file) }
                then(hub)
            }
        }
    }

    private func told(_ failure: LineFile.Failed?, of file: DurableStore.File) {
        guard failure != ledgerFailures[file] else { return }
        ledgerFailures[file] = failure
        // The start has already reported a state directory that cannot be used.
        guard stateTrouble == nil else { return }
        if file == .audit { tellAudit(failure.map { "the audit log cannot be written: \($0)" }) }
        if let failure {
            let rest = file == .audit ? "; commands are still carried out, UNAUDITED" : ""
            log("the \(file.words) cannot be written: \(failure)\(rest)")
        } else {
            log("the \(file.words) can be written again")
        }
    }

    private func outcome(_ status: CommandStatus) -> [UInt8] {
        let now = status.instance.flatMap { id in
            book.command(status.id).flatMap { value(at: id, $0) }
        }
        return AuditEntry.outcome(status, now: now).line(at: clock.at)
    }

    private func value(at id: InstanceID, _ command: StreamCommand) -> AuditEntry.Value? {
        fleet.agents[id]?.strategies[command.address.strategy]?.value(for: command.order)
    }

    private func send(_ command: StreamCommand, expires: Int64, to instance: InstanceID) {
        guard let peer = connections[instance], let agent = agents[peer],
            let name = agent.names.raw(command.address.strategy),
            // An agent that does not read would receive the command too late, and the hub must not
            // buffer it.
            agent.channel.isWritable
        else { return }
        agent.channel.send(
            HubToAgentMessage.command(
                AgentCommand(
                    id: command.id, strategy: name, order: command.order,
                    ifVersion: command.ifVersion, expiresMonoMS: expires)))
    }

    /// Sends a strategy the standing orders that apply to it but are not in force there.
    func renew(_ strategy: String, at id: InstanceID) {
        let now = clock.at
        let address = Address(id, strategy)
        for standing in fleet.owed(to: id, strategy, at: now) {
            let isAsked = book.isWaitingOrRefused { command in
                command.standing == standing.order.id
                    && command.address == address
            }
            guard !isAsked else { continue }
            let key = Renewals.Key(order: standing.order.id, instance: id, strategy: strategy)
            guard let count = renewed.renew(key, at: HubClock.monotonicMS) else { continue }
            if count == Renewals.patience { tellDisobedience(key, standing.order.order) }
            renewals += 1
            // The id contains this hub's start time: an agent would repeat its old answer to an id
            // of an earlier hub.
            let stem = WireLimits.cut(standing.order.id, to: WireLimits.nameBytes - 40)
            var command = StreamCommand(
                id: "\(stem)~\(id.instance.prefix(8))~\(clock.start)-\(renewals)",
                address: address, order: standing.order.order, reason: standing.order.reason,
                who: standing.order.who, standing: standing.order.id)
            if case .open = command.order {
                command.order = .open(forMS: standing.order.until.map { $0 - now })
            }
            perform(
                book.submit(
                    command, .found([id]), by: nil, now: HubClock.monotonicMS))
        }
    }

    /// Forgets renewals of orders that have ended or are in force, and renewals at instances that
    /// are gone.
    func settleRenewals() {
        guard !renewed.isEmpty else { return }
        let over = renewed.forget { key in
            guard let agent = fleet.agents[key.instance], agent.state != .gone else { return true }
            return !fleet.owed(to: key.instance, key.strategy, at: clock.at).contains {
                $0.order.id == key.order
            }
        }
        for key in over { tellDisobedience(key, nil) }
    }

    /// Publishes an alert about an agent that answers an order but does not carry it out.
    ///
    /// - Parameter order: the order; `nil` ends the alert.
    private func tellDisobedience(_ key: Renewals.Key, _ order: Order?) {
        let id = key.instance
        let times = Renewals.patience
        publish(
            .alert(
                Alert(
                    id: "disobeyed-\(id.instance.prefix(8))-\(key.order)", rule: "disobeyed",
                    firing: order != nil,
                    about: "\(id.agent)@\(id.instance.prefix(8)):\(key.strategy)",
                    detail: order.map {
                        "was sent '\($0.word)' \(times) times but does not follow it"
                    } ?? "the order is in force or has ended, or the agent is gone")))
    }

    /// Ends the standing orders that have expired.
    func endStanding() {
        let over = fleet.standingOver(at: clock.at)
        guard !over.isEmpty else { return }
        for message in over { publish(message) }
        saveStanding()
    }

    /// Every five seconds, sends standing orders to instances that missed them, and repeats failed
    /// writes.
    func keepStandingInForce(_ now: Double) {
        guard now - standingCheckedAt >= 5_000 else { return }
        standingCheckedAt = now
        if ledgerFailures[.standing] != nil { saveStanding() }
        if ledgerFailures[.alerts] != nil { keepAlerts() }
        settleRenewals()
        guard !fleet.standing.isEmpty else { return }
        for agent in agents.values where !agent.isStale {
            guard let id = agent.id else { continue }
            for strategy in agent.declared { renew(strategy, at: id) }
        }
    }

    private func saveStanding() { write([.standing: standingLines()]) }

    /// Restores the standing orders that an earlier hub saved.
    func recallStanding() {
        for line in recall(.standing) {
            if case .standing = line.message { fleet.apply(line) }
        }
    }

    /// Reads the lines that an earlier hub saved. Skips and logs lines that it cannot read.
    func recall(_ file: DurableStore.File) -> [Line] {
        var lines: [Line] = []
        do throws(LineFile.Failed) {
            for line in try ledger?.read(file).split(separator: UInt8(ascii: "\n")) ?? [] {
                do throws(WireError) {
                    lines.append(try Line(decoding: line))
                } catch {
                    log("a line of the \(file.words) is skipped: \(error)")
                }
            }
        } catch {
            log("the \(file.words) cannot be read: \(error)")
        }
        return lines
    }

    private func standingLines() -> [UInt8] {
        var bytes: [UInt8] = []
        for standing in fleet.standing {
            Line(at: standing.at, .standing(standing.order)).encode(into: &bytes)
        }
        return bytes
    }
}
