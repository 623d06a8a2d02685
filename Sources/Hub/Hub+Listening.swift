import NIOCore
import NIOPosix
import ResilienceWire
import Sockets

// The sockets, and the connections that they accept.

extension Hub {
    /// Opens the socket of a role.
    func listen(_ role: SocketRole) async throws -> any Channel {
        try await ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause())
                }
            }
            .childChannelOption(
                .writeBufferWaterMark,
                value: role == .agent
                    ? .init(low: AgentSession.unsentBytes / 2, high: AgentSession.unsentBytes)
                    : .init(low: ViewerSession.keyframeBytes / 2, high: ViewerSession.keyframeBytes)
            )
            // Each peer gets a short turn, so that a peer that always has more to send delays no
            // other.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: ReadAllowance.turnBytes)
            )
            .childChannelInitializer { [weak self] channel in
                channel.eventLoop.makeCompletedFuture {
                    try self?.addLineHandler(to: channel, role)
                }
            }
            .bind(unixDomainSocketPath: listening.directory.socket(role))
            .get()
    }

    /// Adds what reads the lines of a new connection.
    private nonisolated func addLineHandler(to channel: any Channel, _ role: SocketRole) throws {
        let peer = assumeIsolated { $0.listening.newPeer() }
        let handlers = channel.pipeline.syncOperations
        switch role {
        case .agent:
            try handlers.addHandler(
                LineHandler<AgentMessage> { [weak self] event in
                    self?.assumeIsolated { $0.handleAgent(event, peer) }
                } reading: { [weak self] cutter, buffer in
                    self?.assumeIsolated { $0.read(buffer, with: &cutter, from: peer) } ?? 0
                })
        case .view, .operator:
            try handlers.addHandler(
                LineHandler<OperatorMessage>(texts: .safe) { [weak self] event in
                    self?.assumeIsolated { $0.handleViewer(event, peer, role) }
                })
        }
    }
}

extension Channel {
    /// The bytes that the system does not take, because the peer does not read. Many small lines use
    /// much more memory than their bytes.
    var unsentBytes: Int { (try? syncOptions?.getOption(.bufferedWritableBytes)) ?? 0 }
}
