import Fleet
import NIOCore
import ResilienceWire
import Sockets

// The orders file, from which agents learn the orders that hold for strategies that they create.

extension Hub {
    /// Tells the agents that the orders file has a new revision, once it is written.
    func announceOrders(_ revision: String) {
        guard storage.wrote(revision) else { return }
        for agent in agents.sessions.values where agent.id != nil && agent.channel.isWritable {
            agent.channel.send(HubToAgentMessage.orders(revision: revision))
        }
    }

    /// Writes the orders file before the first agent can connect.
    func beginOrders() async {
        guard storage.store != nil else { return }
        let revision = storage.nextRevision(clock.start)
        let lines = orderLines(revision)
        await withCheckedContinuation { continuation in
            write([.orders: lines]) { hub in
                hub.announceOrders(revision)
                continuation.resume()
            }
        }
    }

    /// The orders file: a line with its revision, and the orders that fit. Orders that do not fit
    /// are sent to agents as commands after they connect.
    func orderLines(_ revision: String) -> [UInt8] {
        var sessions: [String: AgentSession] = [:]
        for session in agents.sessions.values { sessions[session.id?.agent ?? ""] = session }
        var bytes: [UInt8] = []
        HubToAgentMessage.orders(revision: revision).encode(into: &bytes)
        for order in fleet.agentOrders() {
            var order = order
            if let session = sessions[order.agents] {
                order.agents = session.hello?.id.agent ?? order.agents
                order.strategy = session.strategies.raw(order.strategy) ?? order.strategy
            }
            let start = bytes.count
            HubToAgentMessage.order(order).encode(into: &bytes)
            guard bytes.count - start > WireLimits.lineBytes || bytes.count > AgentOrder.fileBytes
            else { continue }
            bytes.removeLast(bytes.count - start)
            log("the order \(order.id) does not fit into the agents' file of orders")
        }
        return bytes
    }

    /// Records that an agent applied an order of the orders file to a new strategy, once for each.
    func applied(_ ack: Ack, to strategy: String, by agent: AgentSession, _ id: InstanceID) {
        guard let standing = fleet.standing.first(where: { $0.order.id == ack.id }),
            standing.address.includes(id, strategy),
            agent.applied.insert(AgentSession.Applied(order: ack.id, strategy: strategy)).inserted
        else { return }
        let at = fleet.address(of: id, strategy)
        let status =
            switch ack.answer {
            case .ok:
                CommandStatus(
                    id: ack.id, instance: id, status: .acked,
                    detail: "\(at) was created under the order")
            case .refused(let code, let detail):
                CommandStatus(
                    id: ack.id, instance: id, status: .refused,
                    detail: "\(at): \(detail.isEmpty ? code.rawValue : detail)")
            }
        perform([.publish(.commandStatus(status))])
    }
}
