import ArgumentParser
import Demo
import Glibc
import HostSupport
import ResilienceTelemetry

/// One agent of the demo, in a process of its own.
struct DemoAgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "demo-agent", shouldDisplay: false)

    @Argument var name: String
    @Option var socket: String
    @Option var seed: UInt64
    @Option var parent: Int32

    func run() async throws {
        guard let agent = DemoAgent.all.first(where: { $0.name == name }) else {
            throw ValidationError("unknown demo agent '\(name)'")
        }
        let work = Task { await agent.run(seed: seed, places: SocketSearchPath(socket: socket)) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = await Signals().termination() }
            group.addTask { await orphaned() }
            await group.next()
            group.cancelAll()
        }
        work.cancel()
        await work.value
    }

    /// Waits for the end of the demo's process, so that its agents end with it, even after a crash.
    private func orphaned() async {
        while getppid() == parent {
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
        }
    }
}
