import Hub
import NIOPosix

/// A hub's metrics, served and said so.
struct MetricsEndpoint {
    private let server: MetricsServer
    private let address: MetricsAddress

    /// Listens; before the hub starts, so that one which cannot serve its metrics takes no agents.
    static func open(
        _ address: MetricsAddress, of hub: Hub
    ) async throws(Failure) -> MetricsEndpoint {
        let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
        let server = MetricsServer(of: hub, version: Fusebox.version, on: loop)
        do throws(MetricsServer.Failed) {
            return MetricsEndpoint(server: server, address: try await server.listen(at: address))
        } catch {
            throw Failure(.refused, error.description)
        }
    }

    /// Prints where they are, with the port.
    func announce() {
        Console.print("metrics: \(address.url)")
        guard !address.isLoopback else { return }
        Console.error(
            "metrics at \(address) can be read by whoever reaches it: there is no password")
    }

    func close() async { await server.stop() }
}
