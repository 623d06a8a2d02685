import Attach
import Demo
import Glibc
import Hub
import NIOPosix
import Processes
import Sockets

/// The demo's hub and its agents' processes.
struct DemoProcesses {
    private let hub: Hub
    private let pids: [Int32]
    /// Where its metrics are, if anywhere.
    let metrics: MetricsEndpoint?

    var count: Int { pids.count }

    static func start(
        _ directory: SocketDirectory, agents: ArraySlice<DemoAgent>, seed: UInt64,
        metrics address: MetricsAddress? = nil
    ) async throws -> DemoProcesses {
        var options = Hub.Options()
        options.state = StatePlaces("\(directory)/state", for: directory)
        let hub: Hub
        do throws(SocketError) {
            hub = try Hub(directory, on: MultiThreadedEventLoopGroup.singleton.next(), options)
        } catch {
            throw Failure(error)
        }
        var metrics: MetricsEndpoint?
        if let address { metrics = try await MetricsEndpoint.open(address, of: hub) }
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
        } catch {
            await DemoProcesses(hub: hub, pids: pids, metrics: metrics).end()
            throw Failure(.refused, error.description)
        }
        return DemoProcesses(hub: hub, pids: pids, metrics: metrics)
    }

    /// Ends the agents, then the hub.
    func end() async {
        for pid in pids { kill(pid, SIGTERM) }
        for pid in pids { waitpid(pid, nil, 0) }
        await metrics?.close()
        await hub.stop()
    }
}
