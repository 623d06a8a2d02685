import Fleet
import Foundation
import Glibc
import Hub
import HubClient
import ResilienceWire
import Sockets
import TestSupport
import Testing

/// The audit log, and standing orders and alerts across restarts of the hub.
@Suite(.timeLimit(.minutes(1))) final class DurableStoreTests {
    let directory = TestHub.scratch()
    var places: StatePlaces { StatePlaces("\(directory)/state", for: directory) }

    deinit {
        try? FileManager.default.removeItem(atPath: directory.path)
    }

    func start(requiresAudit: Bool = false) async throws -> TestHub {
        var options = Hub.Options()
        options.state = places
        options.requiresAudit = requiresAudit
        return try await TestHub.start(in: directory, options)
    }

    func give(
        _ id: String, _ order: Order, to address: String = "planner:pay", _ viewer: Viewer
    ) {
        viewer.connection.send(
            .command(
                OperatorCommand(
                    id: id, address: Address(lenient: address), order: order,
                    reason: "vendor down")))
    }

    func audit() throws -> [[String: Any]] {
        try String(contentsOfFile: places.audit, encoding: .utf8).split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    /// Acknowledges the next command, like an agent whose breaker changes its state.
    func obey(_ agent: RawAgent, _ from: BreakerState, _ to: BreakerState) async throws
        -> AgentCommand
    {
        let command = try await agent.command()
        agent.send(
            .breaker(
                BreakerChange(
                    strategy: "pay", version: 1, from: from, to: to, by: .operator, why: "")),
            .ack(Ack(id: command.id, .ok(version: 1))))
        return command
    }

    @Test func hubWritesIntentBeforeSendingAndOutcomeBeforeReporting() async throws {
        let hub = try await start()
        let agent = try await RawAgent(hub.directory)
        agent.declare("pay")
        let viewer = try await hub.viewer(.operator)
        try await viewer.wait { $0.agents[agent.id]?.strategies["pay"] != nil }
        give("c1", .open(forMS: 900_000), viewer)
        let command = try await agent.command()
        let intent = try #require(try audit().first)
        #expect(intent["t"] as? String == "intent")
        #expect(intent["id"] as? String == "c1")
        #expect(intent["uid"] as? UInt32 == getuid())
        #expect(intent["pid"] as? Int32 == getpid())
        #expect(intent["to"] as? String == "planner:pay")
        #expect(intent["reason"] as? String == "vendor down")
        let instances = try #require(intent["instances"] as? [[String: Any]])
        #expect(instances.first?["was"] as? String == "closed")

        agent.send(
            .breaker(
                BreakerChange(
                    strategy: "pay", version: 1, from: .closed, to: .forcedOpen, by: .operator,
                    why: "")),
            .ack(Ack(id: command.id, .ok(version: 1))))
        #expect(try await viewer.outcome(of: "c1").last?.status == .acked)
        let outcome = try #require(try audit().last)
        #expect(outcome["t"] as? String == "outcome")
        #expect(outcome["status"] as? String == "acked")
        #expect(outcome["now"] as? String == "forced_open")
        var status = stat()
        #expect(lstat(places.audit, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        await hub.hub.stop()
    }

    @Test func auditLogKeepsTheOrderOfConcurrentCommands() async throws {
        let hub = try await start()
        let agent = try await RawAgent(hub.directory)
        agent.declare("pay")
        let viewer = try await hub.viewer(.operator)
        try await viewer.wait { $0.agents[agent.id]?.strategies["pay"] != nil }
        let ids = (1...100).map { "c\($0)" }
        for id in ids { give(id, .reset, viewer) }
        for id in ids { #expect(try await agent.command().id == id) }
        for id in ids { agent.send(.ack(Ack(id: id, .ok(version: 0)))) }
        #expect(try await viewer.outcome(of: "c100").last?.status == .acked)
        let entries = try audit()
        for kind in ["intent", "outcome"] {
            let written = entries.filter { $0["t"] as? String == kind }
            #expect(written.map { $0["id"] as? String } == ids)
        }
        await hub.hub.stop()
    }

    @Test func hubCarriesOutUnwritableCommandsAsUnaudited() async throws {
        let hub = try await start()
        // A directory in place of the log: nothing can be appended.
        #expect(mkdir(places.audit, 0o700) == 0)
        let agent = try await RawAgent(hub.directory)
        agent.declare("pay")
        let viewer = try await hub.viewer(.operator)
        try await viewer.wait { $0.agents[agent.id]?.strategies["pay"] != nil }
        give("c1", .open(forMS: nil), viewer)
        _ = try await obey(agent, .closed, .forcedOpen)
        #expect(try await viewer.outcome(of: "c1").last?.status == .acked)
        let isAudited = viewer.fleet.journal.compactMap { line in
            if case .command(let command) = line.message { command.isAudited } else { nil }
        }
        #expect(isAudited == [false])
        await hub.hub.stop()
    }

    @Test func alertKeepsItsIdAcrossHubRestarts() async throws {
        var options = Hub.Options()
        options.state = places
        options.alerts = AlertRules([AlertRule(name: "open", condition: .breakerOpen)])
        var ids: [String] = []
        for _ in 1...2 {
            let hub = try await TestHub.start(in: directory, options)
            let agent = try await RawAgent(hub.directory)
            agent.declare("pay", .open)
            let viewer = try await hub.viewer()
            try await viewer.wait { !$0.alerts.isEmpty && !$0.agents.isEmpty }
            ids += viewer.fleet.alerts.map(\.alert.id)
            await hub.hub.stop()
        }
        #expect(ids.count == 2 && Set(ids).count == 1)
    }

    @Test func hubRefusesUnwritableCommandsWhenAuditIsRequired() async throws {
        let hub = try await start(requiresAudit: true)
        #expect(mkdir(places.audit, 0o700) == 0)
        let agent = try await RawAgent(hub.directory)
        agent.declare("pay")
        let viewer = try await hub.viewer(.operator)
        try await viewer.wait { $0.agents[agent.id]?.strategies["pay"] != nil }
        give("c1", .open(forMS: nil), viewer)
        let statuses = try await viewer.outcome(of: "c1")
        #expect(statuses.map(\.status) == [.refused])
        #expect(statuses.first?.detail?.contains("audit log cannot be written") == true)
        await hub.hub.stop()
    }

    @Test func standingOrderSurvivesRestartsOfAgentAndHub() async throws {
        let first = try await start()
        let agent = try await RawAgent(first.directory)
        agent.declare("pay")
        let viewer = try await first.viewer(.operator)
        try await viewer.wait { $0.agents[agent.id]?.strategies["pay"] != nil }
        give("c1", .open(forMS: 900_000), viewer)
        _ = try await obey(agent, .closed, .forcedOpen)
        _ = try await viewer.outcome(of: "c1")
        agent.close()
        // Another instance of the agent at the same hub.
        let second = try await RawAgent(first.directory, digit: "b")
        second.declare("pay")
        let renewal = try await obey(second, .closed, .forcedOpen)
        #expect(renewal.id.hasPrefix("c1~"))
        guard case .open(let rest?) = renewal.order else {
            Issue.record("not open for a time: \(renewal.order)")
            return
        }
        #expect((800_000...900_000).contains(rest))
        await first.hub.stop()

        let later = try await start()
        let third = try await RawAgent(later.directory, digit: "c")
        third.declare("pay")
        let again = try await obey(third, .closed, .forcedOpen)
        #expect(again.order.word == "open")
        // The agent would answer an id of the earlier hub from its memory.
        #expect(again.id != renewal.id)
        // The order is in force at this instance. A reset ends it.
        let operatorViewer = try await later.viewer(.operator)
        try await operatorViewer.wait {
            $0.agents[third.id]?.strategies["pay"]?.breaker?.state == .forcedOpen
        }
        #expect(operatorViewer.fleet.standing.map(\.order.id) == ["c1"])
        give("c2", .reset, operatorViewer)
        _ = try await obey(third, .forcedOpen, .closed)
        _ = try await operatorViewer.outcome(of: "c2")
        #expect(operatorViewer.fleet.standing.isEmpty)
        #expect(try String(contentsOfFile: places.standing, encoding: .utf8).isEmpty)
        await later.hub.stop()
    }

    @Test func hubSkipsDamagedLinesOfTheStandingOrdersFile() async throws {
        let good = Line(
            at: 5,
            .standing(
                StandingOrder(id: "c1", address: "planner:pay", order: .disable, who: "ops")))
        var bytes = Array("not a line\n".utf8)
        good.encode(into: &bytes)
        try FileManager.default.createDirectory(
            atPath: "\(directory)/state", withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        chmod(directory.path, 0o700)
        try Data(bytes).write(to: URL(fileURLWithPath: places.standing))
        let hub = try await start()
        let agent = try await RawAgent(hub.directory)
        agent.send(
            .strategy(
                StrategyDeclaration(
                    strategy: "pay", kind: "breaker", can: [.disable],
                    breaker: BreakerReading(state: .closed, version: 0))))
        #expect(try await agent.command().order == .disable)
        await hub.hub.stop()
    }
}
