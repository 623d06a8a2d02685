import Fleet
import NIOCore
import ResilienceWire
import Sockets

// Admission of agents: identity, ownership, and reconnects.

extension Hub {
    /// How long a reconnecting instance waits for its previous connection to end, in milliseconds.
    /// The hub reads the previous connection to its end first, so that no message is lost or
    /// counted twice.
    private static let handoverMS = 1_000.0
    /// How often the hub checks whether the previous connection has ended.
    private static let handoverLook = TimeAmount.milliseconds(20)

    /// Accepts an agent's connection, or refuses it if there is no room.
    func admit(_ channel: any Channel, _ peer: Int) {
        agents.add(AgentSession(channel, now: HubClock.monotonicMS), peer)
        PeerUser.findUID(channel) { [weak self] uid in
            self?.assumeIsolated { $0.agents[peer]?.uid = uid }
        }
        if let refusal = refusalIfFull(.agent) { dismiss(peer, refusal) }
    }

    /// Answers a hello with a welcome, a refusal, or a wait for the previous connection to end.
    func greet(_ hello: Hello, _ agent: AgentSession, _ peer: Int) {
        guard hello.version == Self.version else {
            return dismiss(
                peer,
                Refusal(
                    code: "version",
                    detail: "this hub speaks version \(Self.version), not \(hello.version)"))
        }
        guard AgentName.isAddressable(hello.id.agent) else {
            let shown = SafeText.sanitise(hello.id.agent, maxBytes: 64)
            return dismiss(
                peer,
                Refusal(
                    code: "name",
                    detail: "an agent cannot be named '\(shown)': the name must have a visible "
                        + "character and must not end in '/*'"))
        }
        agents.forget(notIn: fleet)
        let id = agents.safe(hello.id)
        if let owner = agents.owner(of: id), owner != agent.uid {
            return dismiss(
                peer,
                Refusal(
                    code: "owner",
                    detail: "instance \(id.instance.prefix(8)) of \(id.agent) belongs to uid "
                        + "\(owner), which used it first"))
        }
        guard agents.peer(of: id) != nil || fleet.agents[id] != nil else {
            return welcome(hello, id, agent, peer)
        }
        agent.entrance = AgentSession.Entrance(hello: hello, id: id, since: HubClock.monotonicMS)
        planEntrance(peer)
    }

    private func planEntrance(_ peer: Int) {
        agents[peer]?.channel.setOption(.autoRead, value: false).whenFailure { _ in }
        loop.scheduleTask(in: Self.handoverLook) { [weak self] in
            self?.assumeIsolated { $0.enter(peer) }
        }
    }

    /// Welcomes an instance that reconnects. After a pause, the hub may find several connections of
    /// one instance; only the latest is current.
    private func enter(_ peer: Int) {
        guard let agent = agents[peer], let entrance = agent.entrance else { return }
        if agents.isOvertaken(entrance.id, at: peer) {
            _ = agents.remove(peer)
            agent.channel.close(promise: nil)
            return
        }
        if let old = agents.peer(of: entrance.id) {
            guard HubClock.monotonicMS - entrance.since >= Self.handoverMS else {
                return planEntrance(peer)
            }
            // The old connection is dead, or another process claims the same instance.
            agentLeft(old, why: "connected again")
        }
        agent.entrance = nil
        welcome(entrance.hello, entrance.id, agent, peer)
        for message in entrance.rest { receive(message, from: peer) }
        agent.channel.setOption(.autoRead, value: true).whenFailure { _ in }
        flush()
    }

    private func welcome(_ hello: Hello, _ id: InstanceID, _ agent: AgentSession, _ peer: Int) {
        agents.connect(id, at: peer, user: agent.uid)
        agent.id = id
        var safe = hello
        safe.client = SafeText.sanitise(hello.client, maxBytes: WireLimits.nameBytes)
        agent.hello = safe
        agent.channel.send(
            HubToAgentMessage.welcome(
                version: Self.version, beatMS: Self.beatMS, orders: storage.ordersRevision))
        publish(.agentUp(AgentUp(safe)), from: id)
    }
}

extension AgentUp {
    init(_ hello: Hello) {
        self.init(pid: hello.pid, client: hello.client, intervalMS: hello.intervalMS)
    }
}
