import Glibc
public import NIOCore
import NIOHTTP1
import NIOPosix
public import Sockets

/// Serves a hub's numbers over HTTP, for Prometheus. There is no authentication: who reaches the
/// address reads them.
///
/// The text is rendered on this server's event loop, so that the hub's is free for the agents: it
/// only hands out what it knows. That is the hub's own memory until it changes, and then a copy: few
/// scrapes are answered at a time, and those of one second share what they show.
public actor MetricsServer {
    /// Why it does not serve.
    public struct Failed: Error, Sendable, CustomStringConvertible {
        /// What is wrong, where, and what to do.
        public let description: String
    }

    /// What one scraper, and all together, may take.
    struct Limits: Sendable {
        /// The most connections at a time.
        var connections = 64
        /// The most scrapes that are answered at a time.
        var scrapes = 4
        /// For how long a scrape shows what another showed.
        var freshness = TimeAmount.seconds(1)
        /// How long a request may take to come.
        var request = TimeAmount.seconds(10)
        /// How long an answer may take to be read.
        var answer = TimeAmount.seconds(60)
    }

    private let hub: Hub
    private let version: String
    private let loop: any EventLoop
    private let limits: Limits
    private var server: (any Channel)?
    private var connections = 0
    private var scrapes = 0
    private var types = ErrorTypeBook()
    /// What the scrapes of this second show.
    private var recent: EventLoopFuture<MetricsText>?

    /// The event loop's: all of its work happens there.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.executor.asUnownedSerialExecutor()
    }

    /// A server that does not listen yet.
    ///
    /// - Parameters:
    ///   - version: the program's, for its metric.
    ///   - loop: another one than the hub's.
    public init(of hub: Hub, version: String, on loop: any EventLoop) {
        self.init(of: hub, version: version, on: loop, Limits())
    }

    init(of hub: Hub, version: String, on loop: any EventLoop, _ limits: Limits) {
        self.hub = hub
        self.version = version
        self.loop = loop
        self.limits = limits
        hub.beginSeries()
    }

    /// Listens, however long it takes until it can: something else may have the address, or it comes
    /// to this machine later.
    ///
    /// - Parameters:
    ///   - pause: how long it waits before it tries again.
    ///   - log: told why it cannot, once for each reason.
    /// - Returns: the address with its port; `nil` where it was cancelled.
    public func listen(
        at address: MetricsAddress, tryingAgainEvery pause: Duration,
        _ log: @Sendable (String) -> Void
    ) async -> MetricsAddress? {
        var words = ""
        while !Task.isCancelled {
            do throws(Failed) {
                return try await listen(at: address)
            } catch {
                if error.description != words {
                    log("\(error); it is tried again every \(pause.components.seconds) s")
                }
                words = error.description
            }
            try? await Task.sleep(for: pause)
        }
        return nil
    }

    /// Listens; the address with its port.
    public func listen(at address: MetricsAddress) async throws(Failed) -> MetricsAddress {
        do {
            let server = try await bind(address)
            self.server = server
            return server.localAddress.map(MetricsAddress.init) ?? address
        } catch {
            let why = (error as? IOError).map { String(cString: strerror($0.errnoCode)) }
            throw Failed(
                description: "cannot serve metrics at \(address): \(why ?? "\(error)")")
        }
    }

    /// Listens no longer.
    public func stop() async {
        try? await server?.close()
        server = nil
    }

    private func bind(_ address: MetricsAddress) async throws -> any Channel {
        try await ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 128)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause())
                }
            }
            .childChannelOption(
                .writeBufferWaterMark, value: .init(low: 128 * 1_024, high: 256 * 1_024)
            )
            .childChannelInitializer { [weak self] channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let self else { return }
                    try self.assumeIsolated { try $0.serve(channel) }
                }
            }
            .bind(to: address.socket)
            .get()
    }

    private func serve(_ channel: any Channel) throws {
        connections += 1
        channel.closeFuture.assumeIsolated().whenComplete { _ in
            self.assumeIsolated { $0.connections -= 1 }
        }
        var encoding = HTTPResponseEncoder.Configuration()
        // Nothing may follow the head that answers HEAD.
        encoding.automaticallySetFramingHeaders = false
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTPResponseEncoder(configuration: encoding))
        try pipeline.addHandler(RequestBound())
        try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
        try pipeline.addHandler(
            MetricsHandler(isOneTooMany: connections > limits.connections, limits) {
                [weak self] client in
                self?.assumeIsolated { $0.scrape(by: client, over: channel) }
            })
    }

    /// What a scrape shows; `nil` where too many are answered already.
    private func scrape(
        by client: String, over channel: any Channel
    ) -> EventLoopFuture<MetricsText>? {
        guard scrapes < limits.scrapes else { return nil }
        scrapes += 1
        channel.closeFuture.assumeIsolated().whenComplete { _ in
            self.assumeIsolated { $0.scrapes -= 1 }
        }
        let scraper = "\(channel.remoteAddress?.ipAddress ?? "") \(client)"
        if let recent {
            recent.whenSuccess { self.hub.noteScrape(by: scraper, of: $0.at) }
            return recent
        }
        let text = hub.metrics(version: version, for: scraper).hop(to: loop).map { snapshot in
            self.assumeIsolated { MetricsText(snapshot, &$0.types) }
        }
        recent = text
        loop.assumeIsolated().scheduleTask(in: limits.freshness) {
            self.assumeIsolated { $0.recent = nil }
        }
        return text
    }
}
