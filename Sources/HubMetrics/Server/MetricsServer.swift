import Glibc
package import NIOCore
import NIOHTTP1
import NIOPosix
package import Sockets

/// Serves a hub's metrics over HTTP for Prometheus. There is no authentication: everyone who can
/// reach the address can read them.
///
/// The server renders the text on its own event loop, so that the hub's loop stays free for agents.
/// A snapshot shares the hub's memory until the hub changes it, and then costs a copy. Therefore
/// the server limits concurrent scrapes, and scrapes within one second share a snapshot.
package actor MetricsServer {
    /// The server could not listen.
    package struct Failed: Error, Sendable, CustomStringConvertible {
        /// The cause and the address.
        package let description: String
    }

    /// Limits on connections, scrapes and times.
    struct Limits: Sendable {
        /// The most concurrent connections. The source may allow fewer.
        var connections = Int.max
        /// The most concurrent scrapes.
        var scrapes = 4
        /// How long scrapes share one snapshot.
        var freshness = TimeAmount.seconds(1)
        /// The longest time for a request to arrive.
        var request = TimeAmount.seconds(10)
        /// The longest time for a client to read an answer.
        var answer = TimeAmount.seconds(60)
    }

    private let hub: MetricsSource
    private let loop: any EventLoop
    private let limits: Limits
    private var server: (any Channel)?
    private var connections = 0
    private var scrapes = 0
    private var types = ErrorTypeBook()
    /// The text that scrapes share at present.
    private var recent: EventLoopFuture<MetricsText>?

    /// The executor of the event loop. All of the server's work happens there.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.executor.asUnownedSerialExecutor()
    }

    /// Creates a server that does not listen yet.
    ///
    /// - Parameters:
    ///   - hub: the source of the metrics.
    ///   - loop: an event loop other than the hub's.
    package init(of hub: MetricsSource, on loop: any EventLoop) {
        self.init(of: hub, on: loop, Limits())
    }

    init(of hub: MetricsSource, on loop: any EventLoop, _ limits: Limits) {
        self.hub = hub
        self.loop = loop
        var limits = limits
        limits.connections = min(limits.connections, hub.connections)
        self.limits = limits
        hub.begin()
    }

    /// Listens at an address, and tries again until it succeeds. Another process may use the
    /// address, or the machine may get it later.
    ///
    /// - Parameters:
    ///   - pause: the time between two attempts.
    ///   - log: receives why an attempt failed, once for each reason.
    /// - Returns: the address with its actual port; `nil` if the task was cancelled.
    package func listen(
        at address: MetricsAddress, tryingAgainEvery pause: Duration,
        _ log: @Sendable (String) -> Void
    ) async -> MetricsAddress? {
        var words = ""
        while !Task.isCancelled {
            do throws(Failed) {
                return try await listen(at: address)
            } catch {
                if error.description != words {
                    log("\(error); trying again every \(pause.components.seconds) s")
                }
                words = error.description
            }
            try? await Task.sleep(for: pause)
        }
        return nil
    }

    /// Listens at an address. Returns the address with its actual port.
    package func listen(at address: MetricsAddress) async throws(Failed) -> MetricsAddress {
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

    /// Stops listening.
    package func stop() async {
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
        // The answer to HEAD must have no body.
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

    /// Requests the text for a client; `nil` if too many scrapes are in progress.
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
            recent.whenSuccess { self.hub.record(scraper, $0.at) }
            return recent
        }
        let text = hub.snapshot(scraper).hop(to: loop).map { snapshot in
            self.assumeIsolated { MetricsText(snapshot, &$0.types) }
        }
        recent = text
        loop.assumeIsolated().scheduleTask(in: limits.freshness) {
            self.assumeIsolated { $0.recent = nil }
        }
        return text
    }
}
