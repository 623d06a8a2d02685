import Fleet
import HostSupport
import NIOCore
import ResilienceWire
import Sockets

// The life of a command: audit, sending, outcome.

extension Hub {
    /// Performs the tracker's actions. Writes outcomes and standing orders to disk before it
    /// reports them.
    ///
    /// - Parameter user: the user of a command that goes to the audit log. `nil` for the hub
    ///   itself, which renews standing orders.
    func perform(_ actions: [CommandTracker.Action], for user: AuditEntry.User? = nil) {
        var outcomes: [UInt8] = []
        var changesStanding = false
        for action in actions {
            switch action {
            case .changeStanding(let command):
                let changes = fleet.standingChanges(by: command, at: clock.at)
                for change in changes { publish(change) }
                if !changes.isEmpty { changesStanding = true }
            case .publish(.commandStatus(let status)) where status.status != .sent:
                // The outcome of a renewed order is written if its intent was.
                guard let command = tracker.command(status.id),
                    command.standing != nil && !command.isAudited
                else {
                    outcomes += outcome(status)
                    continue
                }
            case .record, .send, .publish, .reply, .repeated:
                break
            }
        }
        guard storage.store != nil, !outcomes.isEmpty || changesStanding else {
            carryOut(actions, for: user)
            return
        }
        // A command to an agent does not wait until the outcomes of other commands are on disk.
        let orders = actions.filter { if case .send = $0 { true } else { false } }
        let rest = actions.filter { if case .send = $0 { false } else { true } }
        carryOut(orders, for: user)
        var contents: [DurableStore.File: [UInt8]] = outcomes.isEmpty ? [:] : [.audit: outcomes]
        var revision: String?
        if changesStanding {
            let (files, new) = standingContents()
            contents.merge(files) { $1 }
            revision = new
        }
        write(contents, isIntent: changesStanding) { [revision] hub in
            if let revision { hub.announceOrders(revision) }
            hub.carryOut(rest, for: user)
        }
    }

    private func carryOut(_ actions: [CommandTracker.Action], for user: AuditEntry.User?) {
        for action in actions {
            switch action {
            case .record(let command, let instances):
                record(command, instances, for: user ?? PeerUser.own)
            case .changeStanding: break
            case .send(let command, let expires, let instance):
                send(command, expires: expires, to: instance)
            case .publish(let message): publish(message)
            case .reply(let requester, let message):
                guard viewers[requester]?.isWatching == false else { continue }
                answer(requester, message, unsent: ViewerSession.answerBytes)
            case .repeated(let requester, let message):
                answer(requester, message, unsent: ViewerSession.keyframeBytes)
            }
        }
        flush()
    }

    /// Sends an answer to an operator. Disconnects the operator if more bytes than this wait for it
    /// to read.
    private func answer(_ peer: Int, _ message: StreamMessage, unsent most: Int) {
        guard let viewer = viewers[peer] else { return }
        guard viewer.channel.unsentBytes <= most else {
            memory.slow.add(viewer.user.words)
            return refuse(
                peer,
                Refusal(
                    code: "slow",
                    detail:
                        "this operator does not read its answers; its commands are still carried out"
                ))
        }
        viewer.channel.send(Line(message))
    }

    /// Writes the intent to the audit log, and sends the command after that.
    private func record(
        _ command: StreamCommand, _ instances: [InstanceID], for user: AuditEntry.User
    ) {
        guard storage.store != nil else {
            perform(tracker.recorded(command.id, isAudited: true, now: HubClock.monotonicMS))
            return
        }
        guard command.standing == nil || mayAuditStart() else {
            // The log has the operator's order, which must reach the agent.
            let now = HubClock.monotonicMS
            return perform(tracker.recorded(command.id, isAudited: false, now: now))
        }
        let values = instances.map { ($0, was: value(at: $0, command)) }
        let entry = AuditEntry.intent(command, user, values)
        let id = command.id
        write([.audit: entry.line(at: clock.at)], isIntent: true) { hub in
            let now = HubClock.monotonicMS
            if let why = hub.storage.failures[.audit], hub.options.requiresAudit {
                let detail = "the audit log cannot be written (\(why)) and --audit required is set"
                hub.perform(hub.tracker.refused(id, detail))
            } else {
                let isAudited = hub.storage.failures[.audit] == nil
                hub.perform(hub.tracker.recorded(id, isAudited: isAudited, now: now))
            }
        }
    }

    /// Writes to the durable store, reports changed failures, and then calls `then`.
    func write(
        _ contents: [DurableStore.File: [UInt8]], isIntent: Bool = false,
        then: @escaping @Sendable (isolated Hub) -> Void = { _ in }
    ) {
        // Only the names: many writes may wait, each with the contents of whole files.
        let files = Array(contents.keys)
        storage.store?.write(contents, isIntent: isIntent) { [weak self] failures in
            self?.assumeIsolated { hub in
                for file in files { hub.told(failures[file], of: file) }
                then(hub)
            }
        }
    }

    private func told(_ failure: LineFile.Failed?, of file: DurableStore.File) {
        guard storage.record(failure, of: file) else { return }
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
            tracker.command(status.id).flatMap { value(at: id, $0) }
        }
        return AuditEntry.outcome(status, now: now).line(at: clock.at)
    }

    private func value(at id: InstanceID, _ command: StreamCommand) -> AuditEntry.Value? {
        fleet.agents[id]?.strategies[command.address.strategy]?.value(for: command.order)
    }

    private func send(_ command: StreamCommand, expires: Int64, to instance: InstanceID) {
        guard let peer = agents.peer(of: instance), let agent = agents[peer],
            let name = agent.strategies.raw(command.address.strategy),
            // An agent that does not read would receive the command too late, and the hub must not
            // buffer it.
            agent.channel.isWritable
        else { return }
        agent.channel.send(
            HubToAgentMessage.command(
                AgentCommand(
                    id: command.id, strategy: name, order: command.order,
                    ifVersion: command.ifVersion, expiresMonoMS: expires,
                    reason: command.reason)))
    }

    /// Reads the lines that an earlier hub saved. Skips and logs lines that it cannot read.
    func recall(_ file: DurableStore.File) -> [Line] {
        var lines: [Line] = []
        do throws(LineFile.Failed) {
            for line in try storage.store?.read(file).split(separator: UInt8(ascii: "\n")) ?? [] {
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
}
