import HostSupport
import Hub
import NIOPosix
import Sockets

/// A hub's metrics, served and said so.
struct MetricsEndpoint {
    private let server: MetricsServer

    init(of hub: Hub) {
        server = MetricsServer(
            of: hub, version: Program.version,
            on: MultiThreadedEventLoopGroup(numberOfThreads: 1).next())
    }

    /// Listens; the address with its port.
    func listen(at address: MetricsAddress) async throws(Failure) -> MetricsAddress {
        do throws(MetricsServer.Failed) {
            return try await server.listen(at: address)
        } catch {
            throw Failure(.refused, "\(error); choose another address")
        }
    }

    /// Serves until cancelled. An address that cannot be had does not keep the hub from its work: it
    /// is complained about, and tried again.
    func serve(at address: MetricsAddress) async {
        let bound = await server.listen(at: address, tryingAgainEvery: .seconds(10)) {
            Console.error($0)
        }
        if let bound { Self.announce(bound) }
        for await _ in AsyncStream<Never>.makeStream().stream {}
        await server.stop()
    }

    /// Prints where they are, with the port.
    static func announce(_ address: MetricsAddress) {
        StandardOutput.announce("metrics: \(address.url)")
        guard !address.isLoopback else { return }
        Console.error(
            "metrics at \(address) can be read by whoever reaches it: there is no password")
    }

    func close() async { await server.stop() }
}
