public import ResilienceWire

extension Scratch {
    /// Starts an agent with one breaker, `pay`. It answers each command with ok and reports the
    /// breaker as forced open. It runs until the hub closes the connection.
    public func obeyingAgent(_ id: InstanceID) async throws -> RawAgent {
        let agent = try await RawAgent(sockets, as: id)
        agent.declare("pay")
        Task {
            while true {
                let command = try await agent.command()
                agent.send(
                    .breaker(
                        BreakerChange(
                            strategy: "pay", version: 1, from: .closed, to: .forcedOpen,
                            by: .operator)),
                    .ack(Ack(id: command.id, .ok(version: 1))))
            }
        }
        return agent
    }
}
