import Fleet
import NIOCore
import ResilienceWire
import Sockets

// The orders file, from which agents learn the orders that hold for strategies that they create.

extension Hub {
    /// The most bytes of orders in the file. The line with the revision needs the rest.
    private static let orderBytes = AgentOrder.fileBytes - 256

    /// Tells the agents that the orders file has a new revision, once it is written.
    func announceOrders(_ revision: String) {
        guard storage.wrote(revision) else { return }
        for agent in agents.sessions.values where agent.id != nil && agent.channel.isWritable {
            agent.channel.send(HubToAgentMessage.orders(revision: revision))
        }
    }

    /// Writes the orders file before the first agent can connect.
    func beginOrders() async {
        guard storage.store != nil, let (lines, revision) = ordersFile() else { return }
        await withCheckedContinuation { continuation in
            write([.orders: lines]) { hub in
                hub.announceOrders(revision)
                continuation.resume()
            }
        }
    }

    /// The orders file with a new revision; `nil` if it has the present orders already.
    func ordersFile() -> (lines: [UInt8], revision: String)? {
        let orders = orderLines()
        guard let revision = storage.revision(of: orders, clock.start) else { return nil }
        var lines: [UInt8] = []
        HubToAgentMessage.orders(revision: revision).encode(into: &lines)
        return (lines + orders, revision)
    }

    /// The orders that fit into the orders file, as lines. Others are sent to agents as commands
    /// after they connect.
    private func orderLines() -> [UInt8] {
        var sessions: [String: AgentSession] = [:]
        for session in agents.sessions.values { sessions[session.id?.agent ?? ""] = session }
        var bytes: [UInt8] = []
        for order in fleet.agentOrders() {
            var order = order
            if let session = sessions[order.agents] {
                order.agents = session.hello?.id.agent ?? order.agents
                order.strategy = session.strategies.raw(order.strategy) ?? order.strategy
            }
            let start = bytes.count
            HubToAgentMessage.order(order).encode(into: &bytes)
            guard bytes.count - start > WireLimits.lineBytes || bytes.count > Self.orderBytes
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
        guard storage.store == nil || mayAuditStart() else {
            publish(.commandStatus(status))
            return flushSoon()
        }
        perform([.publish(.commandStatus(status))])
    }
}
