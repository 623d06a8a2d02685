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
    /// The number of names and owners to keep beyond those of known agents.
    private static let namesKept = 1_000

    /// Accepts an agent's connection, or refuses it if there is no room.
    func admit(_ channel: any Channel, _ peer: Int) {
        agents[peer] = AgentSession(channel, now: HubClock.monotonicMS)
        PeerUser.findUID(channel) { [weak self] uid in
            self?.assumeIsolated { $0.agents[peer]?.uid = uid }
        }
        if !descriptors.hasRoom(for: .agent, peers: roleCounts) {
            dismiss(
                peer,
                Refusal(
                    code: "full",
                    detail:
                        "this hub has room for \(descriptors.agents) agents at most: the limit of "
                        + "open files is \(descriptors.limit)"))
        }
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
        forgetNames()
        let id = InstanceID(
            agent: agentNames.safe(hello.id.agent), instance: hello.id.instance)
        if let owner = owners[id], owner != agent.uid {
            return dismiss(
                peer,
                Refusal(
                    code: "owner",
                    detail: "instance \(id.instance.prefix(8)) of \(id.agent) belongs to uid "
                        + "\(owner), which used it first"))
        }
        guard connections[id] != nil || fleet.agents[id] != nil else {
            return welcome(hello, id, agent, peer)
        }
        agent.entrance = AgentSession.Entrance(hello: hello, id: id, since: HubClock.monotonicMS)
        planEntrance(peer)
    }

    /// Removes names and owners of forgotten instances once there are many.
    private func forgetNames() {
        let known = 2 * fleet.agents.count + Self.namesKept
        if agentNames.count > known {
            agentNames.keep(Set(fleet.agents.keys.map(\.agent)))
        }
        if owners.count > known { owners = owners.filter { fleet.agents[$0.key] != nil } }
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
        let isOvertaken = agents.contains { other, later in
            other > peer && later.entrance?.id == entrance.id
        }
        if isOvertaken {
            agents[peer] = nil
            agent.channel.close(promise: nil)
            return
        }
        if let old = connections[entrance.id] {
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
        connections[id] = peer
        owners[id] = agent.uid
        agent.id = id
        var safe = hello
        safe.client = SafeText.sanitise(hello.client, maxBytes: WireLimits.nameBytes)
        agent.hello = safe
        agent.channel.send(
            HubToAgentMessage.welcome(version: Self.version, beatMS: Self.beatMS))
        publish(.agentUp(AgentUp(safe)), from: id)
    }
}

extension AgentUp {
    init(_ hello: Hello) {
        self.init(pid: hello.pid, client: hello.client, intervalMS: hello.intervalMS)
    }
}
