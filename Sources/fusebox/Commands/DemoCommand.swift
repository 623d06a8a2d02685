import ArgumentParser
import Dashboard
import DashboardApp
import Demo
import Foundation
import Glibc
import HostSupport
import Hub
import HubClient
import HubMetrics
import Sockets

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "The dashboard over agents that use the real library against failing services.",
        discussion: """
            The agents and their hub are separate processes with a private socket \
            directory; they end with the demo. Examples:
              fusebox demo
              fusebox demo --agents 2 --ascii
              fusebox demo --headless --for 20s --socket-dir /tmp/mydemo
            """)

    @Option(help: "How many kinds of agents, 1 to 4.")
    var agents = 4

    @Option(help: "Seed of the services' failures, such as 7; equal seeds fail alike.")
    var seed: UInt64 = 1

    @Option(name: .customLong("for"), help: "End after this time, such as 30s.")
    var duration: DurationValue?

    @Flag(help: "Run without a screen and print the socket directory.")
    var headless = false

    @Flag(
        help: """
            Adds an agent in Python, with httpx, tenacity and pybreaker; FUSEBOX_PYTHON names the \
            interpreter, such as .venv/bin/python.
            """)
    var python = false

    @OptionGroup var looks: LookOptions

    @Option(help: "The private socket directory; such as /tmp/mydemo.")
    var socketDir: String?

    @Option(
        help: ArgumentHelp(
            "Serve metrics for Prometheus at this address, such as 127.0.0.1:9464.",
            valueName: "address"),
        transform: MetricsAddress.argument)
    var metrics: MetricsAddress?

    func validate() throws {
        guard (1...DemoAgent.all.count).contains(agents) else {
            throw ValidationError("--agents must be 1 to \(DemoAgent.all.count), not \(agents)")
        }
    }

    func run() async throws {
        let look = try DisplaySettings(theme: looks.theme, ascii: looks.ascii)
        let scratch = socketDir == nil ? try Self.scratchDirectory() : nil
        defer { if let scratch { try? FileManager.default.removeItem(atPath: scratch) } }
        let directory = SocketDirectory(
            socketDir.map { URL(fileURLWithPath: $0).path } ?? "\(scratch ?? "")/fusebox")
        let python = try python ? PythonDemo(environment: ProcessInfo.processInfo.environment) : nil
        let signals = headless ? await Signals() : nil
        let demo = try await DemoProcesses.start(
            directory, agents: DemoAgent.all.prefix(agents), seed: seed, metrics: metrics,
            python: python)
        if let signals {
            StandardOutput.announce("demo: \(demo.count) agents at \(directory)")
            demo.metrics.map(MetricsEndpoint.announce)
            await wait(signals)
        } else {
            do {
                let locator = HubLocator(directory.path, environment: [:])
                let recorder = Recorder(["--socket-dir", directory.path])
                try await DashboardLoop.runForCommand(
                    try await .live(
                        Hubs(locator), mode: .demo, readOnly: false, startsHub: false,
                        recorder, look: look), look,
                    limit: duration?.duration)
            } catch {
                await demo.end()
                throw error
            }
        }
        await demo.end()
    }

    /// Waits until the time is over or a signal arrives.
    private func wait(_ signals: Signals) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = await signals.termination() }
            if let duration { group.addTask { try? await Task.sleep(for: duration.duration) } }
            await group.next()
            group.cancelAll()
        }
    }

    private static func scratchDirectory() throws -> String {
        let runtime = ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"]
        let parent = runtime.flatMap { access($0, W_OK) == 0 ? $0 : nil } ?? "/tmp"
        var template = Array("\(parent)/fusebox-demo-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure(
                .refused,
                "cannot make a directory in \(parent): \(String(cString: strerror(errno)))")
        }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
