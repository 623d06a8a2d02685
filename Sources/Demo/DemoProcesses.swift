import Glibc
import HostSupport
import Hub
import HubClient
import HubMetrics
import NIOPosix
package import Sockets

/// The hub of the demo and the processes of its agents.
package struct DemoProcesses: Sendable {
    private let hub: Hub
    private let pids: [Int32]
    private let endpoint: MetricsEndpoint?
    /// The address of its metrics, if they are served.
    package let metrics: MetricsAddress?

    /// The number of agents.
    package var count: Int { pids.count }

    /// Starts the hub, then the agents.
    ///
    /// - Parameters:
    ///   - directory: where the hub's sockets and state go.
    ///   - seed: decides how the services fail.
    ///   - wanted: where metrics are served; `nil` for nowhere.
    ///   - python: the agent in Python; `nil` for none.
    package static func start(
        _ directory: SocketDirectory, agents: ArraySlice<DemoAgent>, seed: UInt64,
        metrics wanted: MetricsAddress? = nil, python: PythonDemo? = nil
    ) async throws -> DemoProcesses {
        var options = Hub.Options()
        options.state = StatePlaces("\(directory)/state", for: directory)
        let hub: Hub
        do throws(SocketError) {
            hub = try Hub(directory, on: MultiThreadedEventLoopGroup.singleton.next(), options)
        } catch {
            throw Failure(error)
        }
        let endpoint = wanted.map { _ in MetricsEndpoint(of: hub.metrics(version: Program.version))
        }
        var metrics: MetricsAddress?
        if let wanted { metrics = try await endpoint?.listen(at: wanted) }
        try await hub.start()
        var pids: [Int32] = []
        let program = try Program.path()
        do throws(BackgroundProcess.Failed) {
            for agent in agents {
                for _ in 0..<agent.replicas {
                    pids.append(
                        try BackgroundProcess.start(
                            program,
                            [
                                "demo-agent", agent.name, "--socket", directory.socket(.agent),
                                "--seed", "\(seed)", "--parent", "\(getpid())",
                            ], log: "/dev/null", isSession: false))
                }
            }
            if let python {
                pids.append(try python.start(directory, seed: seed, parent: getpid()))
            }
        } catch {
            await DemoProcesses(hub: hub, pids: pids, endpoint: endpoint, metrics: metrics).end()
            throw Failure(.refused, error.description)
        }
        return DemoProcesses(hub: hub, pids: pids, endpoint: endpoint, metrics: metrics)
    }

    /// Stops the agents, then the hub.
    package func end() async {
        for pid in pids { kill(pid, SIGTERM) }
        for pid in pids { waitpid(pid, nil, 0) }
        await endpoint?.close()
        await hub.stop()
    }
}
