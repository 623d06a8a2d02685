public import HubClient
public import ResilienceWire
import Sockets

extension Scratch {
    /// Starts an agent with one breaker, `pay`. It answers each command with ok and reports the
    /// breaker as forced open. It runs until the hub closes the connection.
    public func obeyingAgent(_ id: InstanceID) async throws -> HubConnection {
        let agent = try await HubConnection.open(sockets, as: .agent)
        agent.send(Line(.hello(Hello(id: id, pid: 1, client: "raw/1"))))
        agent.send(
            Line(
                .strategy(
                    StrategyDeclaration(
                        strategy: "pay", kind: "breaker", can: [.open, .reset],
                        breaker: BreakerReading(state: .closed, version: 0)))))
        Task {
            for try await batch in agent.batches {
                for case .command(let command) in try batch.decoded().map(\.message) {
                    agent.send(
                        Line(
                            .breaker(
                                BreakerChange(
                                    strategy: "pay", version: 1, from: .closed, to: .forcedOpen,
                                    by: .operator))))
                    agent.send(Line(.ack(Ack(id: command.id, .ok(version: 1)))))
                }
            }
        }
        return agent
    }
}
