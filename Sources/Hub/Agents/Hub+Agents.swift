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
        case .line:
            // `read` reads the lines.
            break
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

    /// Reads the lines of a chunk from an agent, and returns their number.
    func read(_ buffer: ByteBuffer, with cutter: inout LineCutter, from peer: Int) -> Int {
        guard let agent = agents[peer] else { return 0 }
        var lines = 0
        do throws(WireError) {
            try buffer.withUnsafeReadableBytes { bytes throws(WireError) in
                try cutter.cut(Span(_unsafeBytes: bytes)) { line in
                    lines += 1
                    if !agent.isRemoved { read(line, agent, peer) }
                }
            }
        } catch {
            lines += 1
            dismissForLine(peer, error)
        }
        return lines
    }

    private func read(_ line: Span<UInt8>, _ agent: AgentSession, _ peer: Int) {
        if let id = agent.id, !agent.isStale,
            deltas.read(line, expecting: agent.strategies.expected)
        {
            return count(&deltas.delta, agent, peer, id)
        }
        do throws(WireError) {
            receive(try AgentMessage(decoding: line), from: peer)
        } catch {
            dismissForLine(peer, error)
        }
    }

    private func dismissForLine(_ peer: Int, _ error: WireError) {
        dismiss(peer, Refusal(code: "bad_line", detail: "\(error)"))
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
            for strategy in agent.strategies.declared { renew(strategy, at: id) }
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
            guard let number = declare(declaration.strategy, agent, peer, id) else { return }
            let name = agent.strategies[number].name
            guard pass(message, name, from: id) else { return dismissTooLong(peer) }
            agent.strategies.touch(number)
            agent.weighing.declare()
            renew(name, at: id)
        case .delta(var delta):
            delta.sanitise()
            count(&delta, agent, peer, id)
        case .call(let call):
            count(message, call.strategy, agent, peer, id)
        case .breaker(let change):
            count(message, change.strategy, agent, peer, id)
        case .limit(let change):
            count(message, change.strategy, agent, peer, id)
        case .ack(let ack):
            if let strategy = ack.strategy {
                guard let number = agent.strategies.number(of: strategy) else {
                    return dismissUndeclared(peer, strategy)
                }
                return applied(
                    ack.sanitised, to: agent.strategies[number].name, by: agent, id)
            }
            perform(tracker.answered(ack.sanitised, by: id, now: HubClock.monotonicMS))
        }
    }

    /// Publishes a delta whose texts are safe to show, under the strategy's safe name. Disconnects
    /// the agent if the strategy is not declared.
    private func count(
        _ delta: inout Delta, _ agent: AgentSession, _ peer: Int, _ id: InstanceID
    ) {
        guard let number = agent.strategies.next(delta.strategy) else {
            return dismissUndeclared(peer, delta.strategy)
        }
        agent.strategies.touch(number)
        agent.weighing.count(delta)
        delta.strategy = agent.strategies[number].name
        // Agents never send sums.
        delta.summed = 1
        let at = clock.at
        guard
            broadcast.pending.append(delta, from: id, at: at, &agent.strategies[number].sum)
        else { return dismissTooLong(peer) }
        fleet.count(delta, of: id, at: at)
    }

    /// Publishes a message about a strategy. Disconnects the agent if the strategy is not declared.
    private func count(
        _ message: AgentMessage, _ strategy: String, _ agent: AgentSession, _ peer: Int,
        _ id: InstanceID
    ) {
        guard let number = agent.strategies.number(of: strategy) else {
            return dismissUndeclared(peer, strategy)
        }
        agent.strategies.touch(number)
        if !pass(message, agent.strategies[number].name, from: id) { dismissTooLong(peer) }
    }

    private func dismissUndeclared(_ peer: Int, _ strategy: String) {
        let shown = SafeText.sanitise(strategy, maxBytes: 64)
        dismiss(
            peer,
            Refusal(
                code: "undeclared",
                detail: "strategy '\(shown)' is not declared: send a 'strategy' line first"))
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

    /// Declares a strategy, and returns its number. Disconnects the agent if it has too many.
    private func declare(
        _ raw: String, _ agent: AgentSession, _ peer: Int, _ id: InstanceID
    ) -> Int? {
        guard let (number, isNew) = agent.strategies.declare(raw) else {
            dismiss(
                peer,
                Refusal(
                    code: "limit",
                    detail: "an agent has at most \(AgentStrategies.limit) strategies"))
            return nil
        }
        if isNew {
            metering.series?.declare(agent.strategies[number].name, of: id, at: clock.at)
        }
        return number
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
