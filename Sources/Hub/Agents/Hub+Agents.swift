import Fleet
import HubMetrics
import NIOCore
import ResilienceWire
import Sockets

// Agents: their messages and their disconnection.

extension Hub {
    func handleAgent(_ event: LineHandler<AgentMessage>.Event, _ peer: Int) {
        switch event {
        case .opened(let channel):
            admit(channel, peer)
        case .line(.success(let message)):
            receive(message, from: peer)
        case .line(.failure(let error)):
            dismiss(peer, Refusal(code: "bad_line", detail: "\(error)"))
        case .batchEnd(let lines, let bytes, let unfinished):
            setUnfinished(unfinished, of: peer, lines: lines)
            answerPing(of: peer)
            pace(peer, lines: lines, bytes: bytes)
            flushSoon()
        case .writable:
            break
        case .closed:
            agentLeft(peer, why: "connection closed without bye: the process ended or was killed")
        }
    }

    /// Counts what was read. Pauses reading and publishes an alert if the agent exceeds its
    /// allowance.
    private func pace(_ peer: Int, lines: Int, bytes: Int) {
        let now = HubClock.monotonicMS
        metering.counts.lines += lines
        metering.counts.bytes += bytes
        // A part of a line does not count as heard.
        guard let agent = agents[peer] else { return }
        if lines > 0 { agent.lastHeard = now }
        if agent.weighing.take(bytes, at: now) { weigh(agent) }
        let isNew = agent.allowance.excessSince == nil
        let wait = agent.allowance.take(lines: lines, bytes: bytes, now: now)
        guard wait > 0 else { return }
        agent.channel.pauseReading(milliseconds: wait)
        guard isNew else { return }
        agent.channel.setTurn(bytes: ReadAllowance.excessTurnBytes)
        tellFlood(of: agent, isOver: nil)
    }

    /// Answers the pings of one read. An agent that does not read gets no answer, and its own silence
    /// check then notices.
    private func answerPing(of peer: Int) {
        guard let agent = agents[peer], agent.isPinged else { return }
        agent.isPinged = false
        if agent.channel.unsentBytes == 0 { agent.channel.send(HubToAgentMessage.pong) }
    }

    /// Publishes the `flood` alert of an agent.
    ///
    /// - Parameter isOver: why the flood is over; `nil` while it lasts.
    func tellFlood(of agent: AgentSession, isOver: String?) {
        guard let id = agent.id else { return }
        publish(
            .alert(
                Alert(
                    id: "flood-\(id.instance)", rule: "flood", firing: isOver == nil,
                    about: fleet.name(of: id),
                    detail: isOver
                        ?? "sends more than \(ReadAllowance.words): the hub reads it no faster, "
                        + "and the agent has to wait")))
    }

    func receive(_ message: AgentMessage, from peer: Int) {
        guard let agent = agents[peer] else { return }
        guard let id = agent.id else {
            guard agent.entrance == nil else {
                agent.entrance?.rest.append(message)
                return
            }
            guard case .hello(let hello) = message else {
                dismiss(peer, Refusal(code: "hello", detail: "the first line must be a hello"))
                return
            }
            greet(hello, agent, peer)
            return
        }
        if agent.isStale, let hello = agent.hello {
            agent.isStale = false
            publish(.agentUp(AgentUp(hello)), from: id)
            // A standing order may have been missed while the agent was stopped.
            for strategy in agent.declared { renew(strategy, at: id) }
        }
        switch message {
        case .hello:
            dismiss(peer, Refusal(code: "hello", detail: "a hello was already sent"))
        case .bye:
            agentLeft(peer, why: "said bye")
        case .ping:
            agent.isPinged = true
        case .unknown(let type) where WireLimits.lineTypes.contains(type):
            dismiss(
                peer,
                Refusal(code: "wrong_socket", detail: "an agent must not send this message type"))
        case .unknown:
            break
        case .lost(let count):
            publish(.lost(count), from: id)
        case .unsupported(let library):
            tell(library, of: agent, id)
        case .strategy(let declaration):
            let name = agent.names.safe(declaration.strategy)
            guard declare(name, agent, peer) else { return }
            guard pass(message, name, from: id) else { return dismissTooLong(peer) }
            agent.touched.insert(name)
            agent.weighing.declare()
            renew(name, at: id)
        case .delta(let delta):
            guard let name = touch(delta.strategy, agent, peer) else { return }
            agent.weighing.count(delta)
            if !publish(StreamMessage(delta, strategy: name), from: id) { dismissTooLong(peer) }
        case .call(let call):
            count(message, call.strategy, agent, peer, id)
        case .breaker(let change):
            count(message, change.strategy, agent, peer, id)
        case .limit(let change):
            count(message, change.strategy, agent, peer, id)
        case .ack(let ack):
            if let strategy = ack.strategy {
                guard let name = declaredName(strategy, agent, peer) else { return }
                return applied(ack.sanitised, to: name, by: agent, id)
            }
            perform(tracker.answered(ack.sanitised, by: id, now: HubClock.monotonicMS))
        }
    }

    /// Publishes a message about a strategy. Disconnects the agent if the strategy is not declared.
    private func count(
        _ message: AgentMessage, _ strategy: String, _ agent: AgentSession, _ peer: Int,
        _ id: InstanceID
    ) {
        guard let name = touch(strategy, agent, peer) else { return }
        if !pass(message, name, from: id) { dismissTooLong(peer) }
    }

    /// The safe name of a declared strategy whose data a message changes. Disconnects the agent if
    /// it is not declared.
    private func touch(_ strategy: String, _ agent: AgentSession, _ peer: Int) -> String? {
        guard let name = declaredName(strategy, agent, peer) else { return nil }
        agent.touched.insert(name)
        return name
    }

    /// The safe name of a declared strategy. Disconnects the agent if it is not declared.
    private func declaredName(_ strategy: String, _ agent: AgentSession, _ peer: Int) -> String? {
        let name = agent.names.safe(strategy)
        guard agent.declared.contains(name) else {
            let shown = SafeText.sanitise(strategy, maxBytes: 64)
            dismiss(
                peer,
                Refusal(
                    code: "undeclared",
                    detail: "strategy '\(shown)' is not declared: send a 'strategy' line first"))
            return nil
        }
        return name
    }

    /// Publishes an agent's message about a strategy under the strategy's safe name.
    ///
    /// - Returns: whether the message was published.
    private func pass(_ message: AgentMessage, _ name: String, from id: InstanceID) -> Bool {
        StreamMessage(message, strategy: name).map { publish($0, from: id) } ?? true
    }

    private func dismissTooLong(_ peer: Int) {
        dismiss(
            peer,
            Refusal(
                code: "too_long",
                detail: "the line is too long after its names are made safe to show and its source "
                    + "is added: send fewer or shorter names in one line"))
    }

    private func declare(_ name: String, _ agent: AgentSession, _ peer: Int) -> Bool {
        guard agent.declared.contains(name) || agent.declared.count < AgentSession.strategyLimit
        else {
            dismiss(
                peer,
                Refusal(
                    code: "limit",
                    detail: "an agent has at most \(AgentSession.strategyLimit) strategies"))
            return false
        }
        if agent.declared.insert(name).inserted, let id = agent.id {
            metering.series?.declare(name, of: id, at: clock.at)
        }
        return true
    }

    func dismiss(_ peer: Int, _ refusal: Refusal) {
        guard let agent = agents[peer] else { return }
        metering.counts.dismissals[refusal.code, default: 0] += 1
        agent.channel.send(HubToAgentMessage.error(refusal))
        agentLeft(peer, why: "disconnected by the hub: \(refusal.detail)")
    }

    func agentLeft(_ peer: Int, why: String) {
        guard let agent = agents.remove(peer) else { return }
        agent.channel.close(promise: nil)
        forgetUnfinished(of: peer)
        guard let id = agent.id, agents.peer(of: id) == peer else { return }
        agents.disconnect(id)
        if agent.allowance.excessSince != nil { tellFlood(of: agent, isOver: "the agent is gone") }
        endUnsupported(of: agent, id)
        if let record = fleet.agents[id] { metering.series?.end(record, at: clock.at, fleet) }
        defer { weighAll(of: id) }
        publish(.agentGone(why: SafeText.sanitise(why, maxBytes: 512)), from: id)
        perform(tracker.gone(id))
        flush()
    }
}
