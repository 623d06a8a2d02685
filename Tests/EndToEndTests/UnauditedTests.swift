import Fleet
import Foundation
import HubClient
import ResilienceWire
import Sockets
import TestSupport
import Testing

/// A hub whose state directory cannot be created, for example with a read-only home or for a user
/// without a home. It runs, and all outputs state that commands are not logged, and what to do.
@Suite(.serialized, .timeLimit(.minutes(2))) struct UnauditedTests {
    private let id = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "a"))

    /// No directory can be created below a file, not even by root.
    private func occupyState(of scratch: Scratch) throws {
        try Data().write(to: URL(fileURLWithPath: scratch.file("state")))
    }

    @Test func hubWithoutAStateDirectoryMarksCommandsAsUnaudited()
        async throws
    {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try occupyState(of: scratch)
        let hub = try scratch.hub()
        let agent = try await scratch.obeyingAgent(id)
        defer { agent.close() }
        let viewer = try await scratch.viewer()
        func alert() -> Alert? {
            viewer.fleet.alerts.map(\.alert).first { $0.rule == Alert.auditRule }
        }
        try await viewer.wait { fleet in
            alert() != nil && fleet.agents.values.first?.strategies["pay"] != nil
        }
        let detail = alert()?.detail ?? ""
        #expect(
            detail.hasPrefix("UNAUDITED: set XDG_STATE_HOME to a writable directory; "))
        #expect(detail.contains("cannot make the state directory "))
        let open = try await Tool.run(
            "breaker", "open", "planner:pay", "--yes", "--socket-dir", scratch.sockets.path)
        #expect(open.status == 0)
        #expect(open.errors.contains("UNAUDITED"))
        try await viewer.wait { fleet in
            fleet.agents.values.first?.strategies["pay"]?.breaker?.state == .forcedOpen
        }
        let commands = viewer.fleet.journal.compactMap { line in
            if case .command(let command) = line.message { command } else { nil }
        }
        #expect(commands.count == 1 && commands.first?.isAudited == false)
        let alerts = try await Tool.run("alerts", "--socket-dir", scratch.sockets.path)
        #expect(alerts.output.contains("UNAUDITED"))
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
        let words = try hub.errors.readToEnd()
        #expect(words.contains("cannot make the state directory"))
        #expect(words.contains("set XDG_STATE_HOME to a writable directory"))
    }

    @Test func hubWithoutAStateDirectoryDoesNotStartIfAuditIsRequired() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try occupyState(of: scratch)
        let hub = try await Tool.run(
            "hub", "--audit", "required", "--socket-dir", scratch.sockets.path,
            environment: ["XDG_STATE_HOME": scratch.file("state")])
        #expect(hub.status == 1)
        #expect(hub.errors.contains("cannot make the state directory"))
        #expect(hub.output == "")
    }

    @Test func dashboardShowsThatCommandsAreUnaudited() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try occupyState(of: scratch)
        let hub = try scratch.hub()
        defer { hub.signal(SIGTERM) }
        let screen = try TmuxScreen(scratch)
        try screen.wait(for: "ready$")
        try screen.enter("\(Tool.path) watch --socket-dir \(scratch.sockets)")
        try screen.wait("the alert is shown, and nothing is quiet") {
            $0.contains("UNAUDITED") && !$0.contains("all quiet")
        }
    }

    /// Like a container whose user has no entry and no home. Changing the user requires root.
    @Test(.enabled(if: getuid() == 0))
    func hubRunsForAUserWithoutAHome() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let uid = Int.random(in: 100_000...200_000)
        #expect(chown(scratch.path, uid_t(uid), gid_t(uid)) == 0)
        // The user may have no access to the build directory.
        let tool = scratch.file("fusebox")
        try FileManager.default.copyItem(atPath: Tool.path, toPath: tool)
        let user = ["setpriv", "--reuid=\(uid)", "--regid=\(uid)", "--clear-groups", "env"]
        let nowhere = ["-u", "XDG_STATE_HOME", "-u", "XDG_CONFIG_HOME", "HOME=/"]
        let hub = try scratch.hub(under: user + nowhere, tool: tool)
        let alerts = try Running(
            "/usr/bin/env", user + nowhere + [tool, "alerts", "--socket-dir", scratch.sockets.path])
        let words = try alerts.output.readToEnd()
        #expect(await alerts.end() == 0)
        #expect(words.contains("UNAUDITED") && words.contains("XDG_STATE_HOME"))
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }
}
