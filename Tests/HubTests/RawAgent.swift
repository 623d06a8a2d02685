import HubClient
import ResilienceWire
import Sockets
import TestSupport

/// An agent that sends single lines without the library.
struct RawAgent {
    let connection: HubConnection
    let id: InstanceID

    init(_ hub: TestHub, agent: String = "planner", digit: String = "a") async throws {
        connection = try await hub.connect(.agent)
        id = InstanceID(agent: agent, instance: InstanceDigits(repeating: digit))
        send(.hello(Hello(id: id, pid: 42, client: "raw/1")))
    }

    func send(_ messages: Message...) {
        for message in messages { connection.send(Line(message)) }
    }

    func declare(_ strategy: String, _ state: BreakerState = .closed) {
        send(
            .strategy(
                StrategyDeclaration(
                    strategy: strategy, kind: "breaker", can: [.open, .reset],
                    breaker: BreakerReading(state: state, version: 0))))
    }

    /// The next command that it receives. Loses any further command in the same batch.
    func command() async throws -> Command { try await commands(1)[0] }

    /// The next commands that it receives.
    func commands(_ count: Int) async throws -> [Command] {
        var commands: [Command] = []
        for try await batch in connection.batches {
            // Decodes like an agent, which keeps original names.
            var cutter = LineCutter()
            let bytes = batch.bytes ?? []
            try cutter.append(bytes.span) { result in
                if case .command(let command) = try result.get().message {
                    commands.append(command)
                }
            }
            if commands.count >= count { return commands }
        }
        throw Viewer.StreamEnded()
    }

    /// Reads until the hub disconnects it, and returns the refusal.
    func refusal() async throws -> Refusal? {
        var refusal: Refusal?
        for try await batch in connection.batches {
            for line in try batch.decoded() {
                if case .error(let why) = line.message { refusal = why }
            }
        }
        return refusal
    }
}
