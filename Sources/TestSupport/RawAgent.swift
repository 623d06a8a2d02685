import NIOCore
import NIOPosix
public import ResilienceWire
public import Sockets

/// An agent that sends single messages without the library.
public struct RawAgent: Sendable {
    /// The agent's name and instance.
    public let id: InstanceID
    /// What the hub sends, until the connection ends.
    public let received: AsyncStream<HubToAgentMessage>
    private let channel: any Channel

    /// Connects to a hub and sends `hello`.
    ///
    /// - Parameter saysHello: `false` sends nothing.
    public init(
        _ directory: SocketDirectory, as id: InstanceID, saysHello: Bool = true
    ) async throws {
        self.id = id
        let (received, continuation) = AsyncStream<HubToAgentMessage>.makeStream()
        self.received = received
        channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        LineHandler<HubToAgentMessage> { event in
                            switch event {
                            case .line(.success(let message)): continuation.yield(message)
                            case .line(.failure), .closed: continuation.finish()
                            case .opened, .batchEnd, .writable: break
                            }
                        })
                }
            }
            .connect(unixDomainSocketPath: directory.socket(.agent)).get()
        if saysHello { send(.hello(Hello(id: id, pid: 42, client: "raw/1"))) }
    }

    /// Connects as an instance whose 32 digits are all the same.
    public init(
        _ directory: SocketDirectory, agent: String = "planner", digit: String = "a"
    ) async throws {
        let instance = InstanceDigits(repeating: digit)
        try await self.init(directory, as: InstanceID(agent: agent, instance: instance))
    }

    /// Sends messages.
    public func send(_ messages: AgentMessage...) {
        for message in messages { channel.send(message) }
    }

    /// Declares a strategy with one breaker that can be opened and reset.
    public func declare(_ strategy: String, _ state: BreakerState = .closed) {
        send(
            .strategy(
                StrategyDeclaration(
                    strategy: strategy, kind: "breaker", can: [.open, .reset],
                    breaker: BreakerReading(state: state, version: 0))))
    }

    /// The next command that it receives.
    public func command() async throws -> AgentCommand {
        for await message in received {
            if case .command(let command) = message { return command }
        }
        throw Viewer.StreamEnded()
    }

    /// Reads until the hub disconnects it, and returns the refusal.
    public func refusal() async -> Refusal? {
        var refusal: Refusal?
        for await message in received {
            if case .error(let why) = message { refusal = why }
        }
        return refusal
    }

    /// Closes the connection.
    public func close() {
        channel.close(promise: nil)
    }
}
