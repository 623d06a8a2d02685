import Foundation
import HubClient
import ResilienceWire
import Sockets
import TestSupport
import Testing

/// What an operator sees if a hub is stopped, or all agents have ended.
@Suite(.serialized, .timeLimit(.minutes(2))) struct SilenceScreenTests {
    /// An agent with one breaker that is sent as single lines.
    private func agent(_ scratch: Scratch, _ name: String, _ digit: String) async throws
        -> RawAgent
    {
        let agent = try await RawAgent(scratch.sockets, agent: name, digit: digit)
        agent.declare("pay")
        return agent
    }

    private func watch(_ scratch: Scratch, _ screen: TmuxScreen) throws {
        try screen.wait(for: "ready$")
        try screen.enter("\(Tool.path) watch --socket-dir \(scratch.sockets)")
        try screen.wait(for: "planner")
    }

    @Test func stoppedHubIsReportedAsSilentByEveryCommand() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub()
        defer { hub.signal(SIGTERM) }
        let agent = try await agent(scratch, "planner", "a")
        defer { agent.close() }
        let screen = try TmuxScreen(scratch)
        try watch(scratch, screen)
        try screen.wait(for: "all quiet")
        let events = try Tool.start("events", "--follow", "--socket-dir", scratch.sockets.path)
        // The command follows new events once it has printed the existing ones.
        _ = try events.output.readLine()
        hub.signal(SIGSTOP)
        try screen.wait("the header and the strip say so") {
            $0.contains("HUB SILENT") && !$0.contains("all quiet") && !$0.contains("hub ok")
        }
        #expect(try events.errors.readLine().contains("no data from the hub for 3 s"))
        let doctor = try await Tool.run("doctor", "--socket-dir", scratch.sockets.path)
        #expect(doctor.status == 3)
        #expect(doctor.output.contains("accepts connections but sends nothing"))
        #expect(doctor.output.contains("kill -CONT \(hub.pid)"))
        let status = try await Tool.run("status", "--socket-dir", scratch.sockets.path)
        #expect(status.status == 5)
        #expect(status.errors.contains("it is stopped"))
        hub.signal(SIGCONT)
        try screen.wait("it answers again") { $0.contains("hub ok") && $0.contains("all quiet") }
        #expect(try events.errors.readLine().contains("answers again"))
        events.signal(SIGTERM)
        _ = await events.end()
    }

    @Test func pipeReportsAStoppedHub() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub()
        defer { hub.signal(SIGTERM) }
        let place = HubEndpoint.via("\(Tool.path) pipe --socket-dir \(scratch.sockets)")
        let viewer = Viewer(try await HubConnection.open(place, as: .view))
        let (pulses, told) = AsyncStream<HubConnection.Pulse>.makeStream()
        viewer.connection.onPulse { told.yield($0) }
        try await viewer.wait { _ in true }
        // Once the stream has lasted for more than one beat interval, the command has received a
        // beat.
        try await viewer.wait { _ in true }
        hub.signal(SIGSTOP)
        var heard = pulses.makeAsyncIterator()
        guard case .silent = await heard.next() else {
            Issue.record("expected silence")
            return
        }
        hub.signal(SIGCONT)
        #expect(await heard.next() == .heard)
        viewer.connection.close()
    }

    @Test func crashedAgentsStayVisibleAndPreventAllQuiet() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub()
        defer { hub.signal(SIGTERM) }
        // The terminal starts first, otherwise its server would keep the agents' sockets open.
        let screen = try TmuxScreen(scratch)
        let agents = [
            try await agent(scratch, "planner", "a"), try await agent(scratch, "router", "b"),
        ]
        try watch(scratch, screen)
        for agent in agents { agent.close() }
        try screen.wait("both are gone, and alerts fire") {
            $0.contains("0 up 2 gone") && $0.contains("2 ALERTS") && !$0.contains("all quiet")
        }
    }
}
