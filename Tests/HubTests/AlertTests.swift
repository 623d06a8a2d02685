import Fleet
import Foundation
import Hub
import HubClient
import NIOPosix
import ResilienceWire
import Sockets
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct AlertTests {
    /// A hub with one rule about open breakers, its log messages, and a named pipe for the rule's
    /// command.
    struct Scene {
        let hub: TestHub
        let rule: AlertRule
        let complaints: AsyncStream<String>
        let pipe: String

        static func run(
            _ command: (_ pipe: String) -> String, patience: Duration = .seconds(30),
            _ body: (Scene) async throws -> Void
        ) async throws {
            let directory = TestHub.scratch()
            let pipe = directory.path + ".pipe"
            mkfifo(pipe, 0o600)
            let rule = AlertRule(name: "open", condition: .breakerOpen, command: command(pipe))
            let (complaints, continuation) = AsyncStream<String>.makeStream()
            var options = Hub.Options()
            options.alerts = AlertRules([rule])
            options.alertPatience = patience
            options.log = { continuation.yield($0) }
            let hub = try await TestHub.start(in: directory, options)
            defer {
                try? FileManager.default.removeItem(atPath: pipe)
                try? FileManager.default.removeItem(atPath: directory.path)
            }
            do {
                try await body(
                    Scene(hub: hub, rule: rule, complaints: complaints, pipe: pipe))
            } catch {
                await hub.hub.stop()
                throw error
            }
            await hub.hub.stop()
        }

        /// Reads what a command has written to the pipe, up to its close.
        func written() async throws -> String {
            try await NIOThreadPool.singleton.runIfActive { [pipe] in
                let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: pipe))
                return String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
            }
        }
    }

    func alert(_ message: StreamMessage) -> Alert? {
        if case .alert(let alert) = message { alert } else { nil }
    }

    @Test func alertFiresOnceAppearsInLaterKeyframesAndIsPassedToItsCommand() async throws {
        try await Scene.run({ "cat > \($0)" }) { scene in
            let agent = try await RawAgent(scene.hub.directory)
            agent.declare("pay", .open)
            let viewer = try await scene.hub.viewer()
            let fired = try await viewer.next(alert)
            #expect(fired.rule == "open" && fired.firing && fired.about == "planner:pay")
            let written = try await scene.written()
            #expect(written.hasSuffix("\n"))
            let line = try Line(decoding: Array(written.utf8.dropLast()))
            #expect(line.message == .alert(fired))
            #expect(line.source == nil)

            let later = try await scene.hub.viewer()
            try await later.wait { !$0.alerts.isEmpty }
            #expect(later.fleet.alerts.map(\.alert) == [fired])

            await scene.hub.hub.adopt(AlertRules([]))
            let ended = try await later.next(alert)
            #expect(!ended.firing && ended.id == fired.id)
            #expect(later.fleet.alerts.isEmpty)
            #expect(try await scene.written().contains(#""firing":false"#))
            // No other alert came between the two.
            try await viewer.wait { $0.alerts.isEmpty }
            #expect(viewer.fleet.journal.compactMap { alert($0.message) } == [fired, ended])
        }
    }

    @Test func shellNeverReceivesAgentNames() async throws {
        // Writes the shell's arguments, then its standard input.
        let command = { (pipe: String) in "{ tr '\\0' '\\n' </proc/$$/cmdline; cat; } > \(pipe)" }
        try await Scene.run(command) { scene in
            let trap = scene.pipe + ".x"
            let name = "$(touch \(trap))`touch \(trap)`';touch \(trap);\""
            let agent = try await RawAgent(scene.hub.directory, agent: name)
            agent.declare(name, .open)
            let words = try await scene.written().split(separator: "\n").map(String.init)
            #expect(words.dropLast() == ["/bin/sh", "-c", command(scene.pipe)])
            let line = try Line(decoding: Array(try #require(words.last).utf8))
            #expect(alert(line.message)?.about == "\(name):\(name)")
            #expect(!FileManager.default.fileExists(atPath: trap))
        }
    }

    @Test func hubLogsAFailedAlertCommand() async throws {
        try await Scene.run({ _ in "exit 3" }) { scene in
            let agent = try await RawAgent(scene.hub.directory)
            agent.declare("pay", .open)
            for await words in scene.complaints {
                #expect(words == "the alert command 'exit 3' failed: exit status 3")
                break
            }
        }
    }

    @Test func hubKillsASlowAlertCommandWithItsChildren() async throws {
        // The pipe closes when the last of these processes is gone.
        let command = { (pipe: String) in "exec > \(pipe); sleep 1000 & sleep 1000" }
        try await Scene.run(command, patience: .seconds(1)) { scene in
            async let written = scene.written()
            let agent = try await RawAgent(scene.hub.directory)
            agent.declare("pay", .open)
            #expect(try await written.isEmpty)
            var complaints: [String] = []
            for await words in scene.complaints {
                complaints.append(words)
                if complaints.count == 2 { break }
            }
            #expect(complaints.first?.hasSuffix("' was killed after 1.0 seconds") == true)
            #expect(complaints.last?.hasSuffix("' failed: signal 9") == true)
        }
    }
}
