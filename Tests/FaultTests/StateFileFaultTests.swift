import Fleet
import Foundation
import HubClient
import ResilienceWire
import Sockets
import TestSupport
import Testing

/// Special files in the state directory.
@Suite(.serialized, .timeLimit(.minutes(1))) struct StateFileFaultTests {
    @Test(arguments: ["standing", "alerts"])
    func fifoInTheStateDirectoryBlocksNeitherStartNorExit(name: String) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let directory = scratch.sockets.path.replacing("_", with: "__").replacing("/", with: "_")
        try makeFIFO("\(name)\(directory).ndjson", in: scratch)
        let hub = try scratch.hub()
        #expect(try hub.errors.readLine().contains("cannot be read: it is not a regular file"))
        let viewer = try await scratch.viewer()
        try await viewer.wait { _ in true }
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }

    @Test func fifoInPlaceOfTheAuditLogBlocksNoCommand() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try makeFIFO("audit.ndjson", in: scratch)
        let hub = try scratch.hub()
        let agent = try Wire(scratch.sockets, .agent)
        try agent.write([AgentMessage].hello("planner", 1).bytes)
        let viewer = Viewer(try await HubConnection.open(scratch.sockets, as: .operator))
        try await viewer.wait { $0.agents.values.first?.strategies["pay"] != nil }
        let command = OperatorCommand(id: "c1", address: "planner:pay", order: .reset)
        viewer.connection.send(.command(command))
        try await viewer.wait { fleet in
            fleet.alerts.contains {
                $0.alert.rule == Alert.auditRule
                    && $0.alert.detail.contains("the audit log cannot be written: it is")
            }
        }
        while true {
            if case .command = try agent.next() as HubToAgentMessage { break }
        }
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }

    private func makeFIFO(_ name: String, in scratch: Scratch) throws {
        let state = scratch.file("state/fusebox")
        try FileManager.default.createDirectory(
            atPath: state, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        #expect(mkfifo("\(state)/\(name)", 0o600) == 0)
    }

    /// A signal ends it also between the start of the process and its first output.
    @Test func startingHubExitsAtASignal() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try Tool.start(
            "hub", "--socket-dir", scratch.sockets.path,
            environment: ["XDG_STATE_HOME": scratch.file("state")])
        hub.signal(SIGTERM)
        _ = await hub.end()
        #expect(!FileManager.default.fileExists(atPath: scratch.sockets.socket(.agent)))
    }
}
