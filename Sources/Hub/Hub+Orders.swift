import Fleet
import NIOCore
import Recording
import ResilienceWire
import Sockets

// Commands on their way: written down, sent, concluded; and the standing ones among them.

extension Hub {
    /// - Parameter user: who is behind a command that is written down; the hub itself where it
    ///   renews a standing order.
    func perform(_ actions: [CommandBook.Action], for user: AuditEntry.User? = nil) {
        var outcomes: [UInt8] = []
        var standing: [UInt8]?
        for action in actions {
            switch action {
            case .took(let command):
                let changes = fleet.standingChanges(by: command, at: clock.at)
                for change in changes { publish(change) }
                if !changes.isEmpty { standing = standingLines() }
            case .publish(.commandStatus(let status)) where status.status != .sent:
                outcomes += outcome(status)
            case .record, .send, .publish, .tell, .repeated:
                break
            }
        }
        guard let ledger, !outcomes.isEmpty || standing != nil else {
            carryOut(actions, for: user)
            return
        }
        // No command waits until it is written what came of others.
        let orders = actions.filter { if case .send = $0 { true } else { false } }
        let rest = actions.filter { if case .send = $0 { false } else { true } }
        carryOut(orders, for: user)
        let isChanged = standing != nil
        ledger.write(audit: outcomes, standing: standing, isIntent: isChanged) {
            [weak self] result in
            self?.assumeIsolated { hub in
                hub.ledgerTold(result)
                if case .failure = result, isChanged { hub.isStandingUnsaved = true }
                hub.carryOut(rest, for: user)
            }
        }
    }

    private func carryOut(_ actions: [CommandBook.Action], for user: AuditEntry.User?) {
        for action in actions {
            switch action {
            case .record(let command, let instances):
                record(command, instances, for: user ?? PeerUser.own)
            case .took: break
            case .send(let command, let instance): send(command, to: instance)
            case .publish(let message): publish(message)
            case .tell(let requester, let message):
                guard watchers[requester]?.isWatching == false else { continue }
                watchers[requester]?.channel.send(Line(message))
            case .repeated(let requester, let message):
                watchers[requester]?.channel.send(Line(message))
            }
        }
        flush()
    }

    /// Writes down what is intended, and only then sends it.
    private func record(
        _ command: Command, _ instances: [InstanceID], for user: AuditEntry.User
    ) {
        guard let ledger else {
            perform(book.recorded(command.id, isAudited: true, now: HubClock.monotonicMS))
            return
        }
        let values = instances.map { ($0, was: value(at: $0, command)) }
        let entry = AuditEntry.intent(command, user, values)
        let id = command.id
        ledger.write(audit: entry.line(at: clock.at), standing: nil, isIntent: true) {
            [weak self] result in
            self?.assumeIsolated { hub in
                hub.ledgerTold(result)
                switch result {
                case .failure(let why) where hub.options.requiresAudit:
                    let detail = "the audit log cannot be written (\(why)), and --audit required"
                    hub.perform(hub.book.refused(id, detail))
                case .success, .failure:
                    let isAudited = (try? result.get()) != nil
                    let now = HubClock.monotonicMS
                    hub.perform(hub.book.recorded(id, isAudited: isAudited, now: now))
                }
            }
        }
    }

    private func ledgerTold(_ result: Result<Void, LineFile.Failed>) {
        let failure: LineFile.Failed? =
            if case .failure(let failure) = result { failure } else { nil }
        guard failure != ledgerFailure else { return }
        ledgerFailure = failure
        if let failure {
            complain("the audit log cannot be written: \(failure); commands go on, UNAUDITED")
        } else {
            complain("the audit log is written again")
        }
    }

    private func outcome(_ status: CommandStatus) -> [UInt8] {
        let now = status.instance.flatMap { id in
            book.command(status.id).flatMap { value(at: id, $0) }
        }
        return AuditEntry.outcome(status, now: now).line(at: clock.at)
    }

    private func value(at id: InstanceID, _ command: Command) -> AuditEntry.Value? {
        guard case .address(let text) = command.target, let address = try? Address(text) else {
            return nil
        }
        return fleet.agents[id]?.strategies[address.strategy]?.value(for: command.order)
    }

    private func send(_ command: Command, to instance: InstanceID) {
        guard let peer = connections[instance], let agent = agents[peer],
            case .address(let text) = command.target, let address = try? Address(text),
            let name = agent.names.raw(address.strategy)
        else { return }
        agent.channel.send(
            Line(
                .command(
                    Command(
                        id: command.id, target: .strategy(name), order: command.order,
                        ifVersion: command.ifVersion, expiresMonoMS: command.expiresMonoMS))))
    }

    /// Gives an instance's strategy the standing orders that it is not under.
    func renew(_ strategy: String, at id: InstanceID) {
        let now = clock.at
        for standing in fleet.owed(to: id, strategy, at: now) {
            let isAsked = book.isWaitingOrRefused { command in
                command.standing == standing.order.id
                    && command.target == .address("\(id.agent)@\(id.instance):\(strategy)")
            }
            guard !isAsked else { continue }
            renewals += 1
            // No id that an earlier hub used: the agent would repeat its answer to that one.
            let stem = WireLimits.cut(standing.order.id, to: WireLimits.nameBytes - 40)
            var command = Command(
                id: "\(stem)~\(id.instance.prefix(8))~\(clock.start)-\(renewals)",
                target: .address("\(id.agent)@\(id.instance):\(strategy)"),
                order: standing.order.order, reason: standing.order.reason,
                who: standing.order.who, standing: standing.order.id)
            if case .open = command.order {
                command.order = .open(forMS: standing.order.until.map { $0 - now })
            }
            perform(book.submit(command, .found([id]), by: nil, now: HubClock.monotonicMS))
        }
    }

    /// Ends what is over.
    func endStanding() {
        let over = fleet.standingOver(at: clock.at)
        guard !over.isEmpty else { return }
        for message in over { publish(message) }
        saveStanding()
    }

    /// Every five seconds: instances that missed an order get it, and a file that could not be
    /// written is written.
    func keepStandingInForce(_ now: Double) {
        guard now - standingCheckedAt >= 5_000 else { return }
        standingCheckedAt = now
        if isStandingUnsaved { saveStanding() }
        guard !fleet.standing.isEmpty else { return }
        for agent in agents.values where !agent.isStale {
            guard let id = agent.id else { continue }
            for strategy in agent.declared { renew(strategy, at: id) }
        }
    }

    private func saveStanding() {
        isStandingUnsaved = false
        ledger?.write(audit: [], standing: standingLines(), isIntent: false) { [weak self] result in
            self?.assumeIsolated { hub in
                if case .failure = result { hub.isStandingUnsaved = true }
            }
        }
    }

    /// Reads the standing orders that an earlier hub kept.
    func recallStanding() {
        guard let ledger else { return }
        let lines = recall("standing orders") { () throws(LineFile.Failed) in
            try ledger.standing()
        }
        for line in lines {
            if case .standing = line.message { fleet.apply(line) }
        }
    }

    /// The lines that an earlier hub kept; what cannot be read is passed over, and said.
    func recall(
        _ what: String, _ read: () throws(LineFile.Failed) -> [UInt8]
    ) -> [Line] {
        var lines: [Line] = []
        do throws(LineFile.Failed) {
            for line in try read().split(separator: UInt8(ascii: "\n")) {
                do throws(WireError) {
                    lines.append(try Line(decoding: line))
                } catch {
                    complain("a line of the \(what) cannot be read and is passed over: \(error)")
                }
            }
        } catch {
            complain("the \(what) cannot be read: \(error)")
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
