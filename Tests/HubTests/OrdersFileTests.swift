import Fleet
import Foundation
import Hub
import HubClient
import Resilience
import ResilienceTelemetry
import ResilienceWire
import Sockets
import TestSupport
import Testing

/// An order that holds reaches a process before its first call.
@Suite(.timeLimit(.minutes(2))) struct OrdersFileTests {
    /// A hub with a state directory, which can be stopped and started again.
    private final class Scene {
        let directory = TestHub.scratch()
        var test: TestHub

        init() async throws { test = try await Self.start(directory) }

        static func start(_ directory: SocketDirectory) async throws -> TestHub {
            var options = Hub.Options()
            options.state = StatePlaces("\(directory)/state", for: directory)
            return try await TestHub.start(in: directory, options)
        }

        func restart() async throws { test = try await Self.start(directory) }

        func end() async {
            await test.hub.stop()
            try? FileManager.default.removeItem(atPath: directory.path)
        }

        /// Gives an order for agents to come and waits for its end.
        func give(_ order: Order, to address: Address, id: String = "c1") async throws {
            let viewer = try await test.viewer(.operator)
            viewer.connection.send(
                .command(
                    OperatorCommand(
                        id: id, address: address, order: order, reason: "vendor down",
                        holdsLater: true)))
            _ = try await viewer.outcome(of: id)
            viewer.connection.close()
        }

        func file() throws -> [String] {
            try String(contentsOfFile: directory.orders, encoding: .utf8)
                .split(separator: "\n").map(String.init)
        }

        func audit() throws -> [String] {
            try String(contentsOfFile: "\(directory)/state/audit.ndjson", encoding: .utf8)
                .split(separator: "\n").map(String.init)
        }

        func telemetry(_ agent: String = "short") -> Telemetry {
            Telemetry(
                agent: agent,
                options: Telemetry.Options(environment: ["FUSEBOX_SOCKET_DIR": directory.path]))
        }
    }

    private func isRejected(by telemetry: Telemetry) -> Bool {
        let strategy = telemetry.monitor("pay") { CircuitBreaker() }
        do {
            _ = try strategy.callBlocking { 1 }
            return false
        } catch { return true }
    }

    @Test func orderHoldsForTheFirstCallOfLaterProcesses() async throws {
        let scene = try await Scene()
        #expect(try scene.file().count == 1)
        try await scene.give(.open(forMS: 60_000), to: "short:pay")
        #expect(try scene.file().count == 2)
        #expect(isRejected(by: scene.telemetry()))
        #expect(!isRejected(by: scene.telemetry("other")))
        // The file stays while the hub restarts.
        await scene.test.hub.stop()
        #expect(isRejected(by: scene.telemetry()))
        try await scene.restart()
        #expect(isRejected(by: scene.telemetry()))
        try await scene.give(.reset, to: "short:pay", id: "c2")
        #expect(try scene.file().count == 1)
        #expect(!isRejected(by: scene.telemetry()))
        await scene.end()
    }

    @Test func connectedAgentLearnsAnOrderForAStrategyThatItCreatesLater() async throws {
        let scene = try await Scene()
        let telemetry = scene.telemetry()
        let ready = telemetry.monitor("ready") { CircuitBreaker() }
        let viewer = try await scene.test.viewer()
        try await viewer.wait { $0.agents.values.contains { $0.strategies["ready"] != nil } }
        try await scene.give(.open(forMS: nil), to: "short:pay")
        // The answer to a later command comes after the agent has read the file.
        try await scene.give(.reset, to: "short:ready", id: "c2")
        #expect(isRejected(by: telemetry))
        #expect(try await ready.call { 1 } == 1)
        await telemetry.shutdown()
        await scene.end()
    }

    @Test func orderThatEndsBeforeTheProcessConnectsIsReleased() async throws {
        let scene = try await Scene()
        try await scene.give(.open(forMS: nil), to: "short:pay")
        let file = try Data(contentsOf: URL(fileURLWithPath: scene.directory.orders))
        try await scene.give(.reset, to: "short:pay", id: "c2")
        await scene.test.hub.stop()
        try file.write(to: URL(fileURLWithPath: scene.directory.orders))
        chmod(scene.directory.orders, 0o600)
        let telemetry = scene.telemetry()
        let strategy = telemetry.monitor("pay") { CircuitBreaker() }
        await #expect(throws: Rejection.self) { try await strategy.call { 1 } }
        // The hub writes the file again when it starts.
        try await scene.restart()
        let viewer = try await scene.test.viewer()
        try await viewer.wait { fleet in
            fleet.agents.values.contains {
                $0.strategies["pay"]?.breaker.map { $0.state == .closed && $0.version > 1 } == true
            }
        }
        #expect(try await strategy.call { 1 } == 1)
        await telemetry.shutdown()
        await scene.end()
    }

    @Test func auditLogHasTheOrderOnceAndAnOutcomeForEachProcess() async throws {
        let scene = try await Scene()
        try await scene.give(.open(forMS: nil), to: "short:pay")
        let viewer = try await scene.test.viewer()
        let processes = (0..<3).map { _ in scene.telemetry() }
        for process in processes { #expect(isRejected(by: process)) }
        var applied = 0
        _ = try await viewer.next { message -> Bool? in
            if case .commandStatus(let status) = message, status.instance != nil { applied += 1 }
            return applied == 3 ? true : nil
        }
        let audit = try scene.audit()
        #expect(audit.count { $0.contains(#""t":"intent""#) } == 1)
        #expect(audit.count { $0.contains("pay was created under the order") } == 3)
        // Nothing is left to send: no command repeats the order.
        #expect(audit.count { $0.contains("~") } == 0)
        for process in processes { await process.shutdown() }
        await scene.end()
    }

    @Test func agentReadsOnlyAFileThatNobodyElseCanHaveWritten() throws {
        let directory = TestHub.scratch()
        try directory.create()
        defer { try? FileManager.default.removeItem(atPath: directory.path) }
        let text = """
            {"t":"orders","revision":"1"}
            no line
            {"t":"order","id":"c1","agents":"*","s":"pay","do":"open"}

            """
        func read(_ text: String, mode: mode_t = 0o600) throws -> OrdersFile.Contents? {
            try text.write(toFile: directory.orders, atomically: true, encoding: .utf8)
            chmod(directory.orders, mode)
            return OrdersFile.read(directory.orders, owners: [getuid()])
        }
        #expect(try read(text)?.orders.map(\.id) == ["c1"])
        #expect(try read(text, mode: 0o640) != nil)
        #expect(try read(text, mode: 0o620) == nil)
        #expect(try read(text, mode: 0o602) == nil)
        #expect(try read("{}") == nil)
        let blanks = String(repeating: "\n", count: AgentOrder.fileBytes)
        #expect(try read(text + blanks) == nil)
        #expect(OrdersFile.read(directory.orders, owners: [getuid() + 1]) == nil)
        try FileManager.default.removeItem(atPath: directory.orders)
        #expect(OrdersFile.read(directory.orders, owners: nil) == nil)
        symlink("/etc/hostname", directory.orders)
        #expect(OrdersFile.read(directory.orders, owners: nil) == nil)
        unlink(directory.orders)
        mkfifo(directory.orders, 0o600)
        #expect(OrdersFile.read(directory.orders, owners: nil) == nil)
    }
}
