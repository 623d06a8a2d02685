package import HostSupport
import NIOPosix
package import Sockets

/// Serves the metrics of a hub, and prints their address.
package struct MetricsEndpoint: Sendable {
    private let server: MetricsServer

    package init(of source: MetricsSource) {
        server = MetricsServer(
            of: source,
            on: MultiThreadedEventLoopGroup(numberOfThreads: 1).next())
    }

    /// Starts to listen.
    ///
    /// - Returns: the address with the actual port.
    package func listen(at address: MetricsAddress) async throws(Failure) -> MetricsAddress {
        do throws(MetricsServer.Failed) {
            return try await server.listen(at: address)
        } catch {
            throw Failure(.refused, "\(error); choose another address")
        }
    }

    /// Serves until cancelled. If the address is not available, it logs the reason and tries again; the hub works
    /// meanwhile.
    package func serve(at address: MetricsAddress) async {
        let bound = await server.listen(at: address, tryingAgainEvery: .seconds(10)) {
            Console.error($0)
        }
        if let bound { Self.announce(bound) }
        for await _ in AsyncStream<Never>.makeStream().stream {}
        await server.stop()
    }

    /// Prints the URL with the actual port.
    package static func announce(_ address: MetricsAddress) {
        StandardOutput.announce("metrics: \(address.url)")
        guard !address.isLoopback else { return }
        Console.error(
            "metrics at \(address) can be read by anyone who can connect: there is no password")
    }

    /// Stops serving.
    package func close() async { await server.stop() }
}
