import Fleet
import Foundation
import Hub
import HubClient
import NIOPosix
import Resilience
import ResilienceTelemetry
import ResilienceWire
import Sockets
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct HubTests {
    @Test func viewerSeesAnAgentOfTheRealLibrary() async throws {
        try await TestHub.run { hub in
            let agent = Agent(hub)
            let viewer = try await hub.viewer()
            _ = try await agent.pay.call { "paid" }
            try await viewer.wait { agent.strategy(in: $0)?.total.ok == 1 }
            let record = try #require(agent.strategy(in: viewer.fleet))
            #expect(record.kind == "retry+breaker")
            #expect(record.target == "api.stripe.com")
            #expect(record.breaker?.state == .closed)
            #expect(record.limits.map(\.name) == ["max_attempts", "failure_threshold", "open_ms"])
            await agent.telemetry.shutdown()
            try await viewer.wait { $0.agents.values.first?.state == .gone }
            #expect(viewer.fleet.agents.values.first?.why == "said bye")
        }
    }

    @Test func operatorOpensAndResetsARealBreaker() async throws {
        try await TestHub.run { hub in
            let agent = Agent(hub)
            let viewer = try await hub.viewer(.operator)
            try await viewer.wait { agent.strategy(in: $0) != nil }
            let open = OperatorCommand(
                id: "c1", address: "planner:pay/stripe", order: .open(forMS: 900_000),
                reason: "vendor down")
            viewer.connection.send(.command(open))
            let statuses = try await viewer.outcome(of: "c1")
            #expect(statuses.last?.status == .acked)
            #expect(statuses.last?.tookMS ?? -1 >= 0)
            #expect(agent.breaker.snapshot.state == .forcedOpen)
            #expect(agent.breaker.snapshot.by == .operator)
            // The line with the new state comes before the answer.
            #expect(agent.strategy(in: viewer.fleet)?.breaker?.state == .forcedOpen)
            await #expect(throws: Rejection.self) { try await agent.pay.call { "paid" } }
            try await viewer.wait { agent.strategy(in: $0)?.total.rejected == 1 }

            let reset = OperatorCommand(
                id: "c2", address: "planner:pay/stripe", order: .reset, ifVersion: 1)
            viewer.connection.send(.command(reset))
            #expect(try await viewer.outcome(of: "c2").last?.status == .acked)
            #expect(agent.breaker.snapshot.state == .closed)
            await agent.telemetry.shutdown()
        }
    }

    @Test func operatorPinsAndReleasesALimit() async throws {
        try await TestHub.run { hub in
            let agent = Agent(hub)
            let viewer = try await hub.viewer(.operator)
            try await viewer.wait { agent.strategy(in: $0) != nil }
            func give(_ id: String, _ value: Double?) async throws -> CommandStatus? {
                viewer.connection.send(
                    .command(
                        OperatorCommand(
                            id: id, address: "planner:pay/stripe",
                            order: .setLimit(name: "max_attempts", value: value))))
                return try await viewer.outcome(of: id).last
            }
            #expect(try await give("c1", 2)?.status == .acked)
            #expect(agent.strategy(in: viewer.fleet)?.limits.first?.value == 2)
            #expect(agent.strategy(in: viewer.fleet)?.limits.first?.pinned == true)
            #expect(try await give("c2", 0)?.detail == "max_attempts is at least 1")
            #expect(try await give("c3", nil)?.status == .acked)
            #expect(agent.strategy(in: viewer.fleet)?.limits.first?.value == 3)
            await agent.telemetry.shutdown()
        }
    }

    @Test func tapReportsEachCallWithoutCountingItTwice() async throws {
        try await TestHub.run { hub in
            let agent = Agent(hub)
            let viewer = try await hub.viewer(.operator)
            try await viewer.wait { agent.strategy(in: $0) != nil }
            let tap = OperatorCommand(
                id: "c1", address: "planner:pay/stripe", order: .tap(forMS: 60_000))
            viewer.connection.send(.command(tap))
            #expect(try await viewer.outcome(of: "c1").last?.status == .acked)
            _ = try await agent.pay.call { "paid" }
            let call = try await viewer.next { message -> CallReport? in
                if case .call(let call) = message { call } else { nil }
            }
            #expect(call.end == .ok && call.attempts == 1 && call.tap)
            try await viewer.wait { agent.strategy(in: $0)?.total.ok == 1 }
            await agent.telemetry.shutdown()
            try await viewer.wait { $0.agents.values.first?.state == .gone }
            #expect(agent.strategy(in: viewer.fleet)?.total.ok == 1)
        }
    }

    @Test func hubRefusesUnknownOrders() async throws {
        try await TestHub.run { hub in
            let agent = Agent(hub)
            let viewer = try await hub.viewer(.operator)
            try await viewer.wait { agent.strategy(in: $0) != nil }
            // The hub refuses orders that its version does not have.
            let command = OperatorCommand(
                id: "c1", address: "planner:pay/stripe", order: .unknown("explode"))
            viewer.connection.send(.command(command))
            let refusal = try await viewer.next { message -> Refusal? in
                if case .error(let refusal) = message { refusal } else { nil }
            }
            #expect(refusal.detail == "this hub does not know 'explode'")
            await agent.telemetry.shutdown()
        }
    }

    @Test func hubDoesNotSendExpiredCommands() async throws {
        try await TestHub.run { hub in
            let agent = Agent(hub)
            let viewer = try await hub.viewer(.operator)
            try await viewer.wait { agent.strategy(in: $0) != nil }
            func open(_ id: String, within patienceMS: Int64) async throws -> [CommandStatus] {
                let command = OperatorCommand(
                    id: id, address: "planner:pay/stripe", order: .open(forMS: nil))
                viewer.connection.send(command, within: patienceMS)
                return try await viewer.outcome(of: id)
            }
            let late = try await open("c1", within: -60_000)
            #expect(late.map(\.status) == [.timedOut])
            #expect(late.first?.detail?.contains("too late") == true)
            #expect(agent.strategy(in: viewer.fleet)?.breaker?.state == .closed)
            #expect(try await open("c2", within: 60_000).last?.status == .acked)
            await agent.telemetry.shutdown()
        }
    }

    @Test func restartedHubRecoversTheStateFromAgents() async throws {
        let directory = SocketDirectory("/tmp/fb-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(atPath: directory.path) }
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        var agent: Agent?
        for round in 1...2 {
            let hub = try Hub(directory, on: loop)
            try await hub.start()
            let test = TestHub(directory: directory, hub: hub)
            let present = agent ?? Agent(test)
            agent = present
            let viewer = try await test.viewer()
            if round == 1 { present.breaker.forceOpen() }
            try await viewer.wait { present.strategy(in: $0)?.breaker?.state == .forcedOpen }
            await hub.stop()
        }
        await agent?.telemetry.shutdown()
    }

    @Test func hubMakesAgentNamesSafe() async throws {
        try await TestHub.run { hub in
            let agent = try await RawAgent(hub.directory, agent: "evil\u{1b}[31m")
            agent.declare("pay\u{202e}epirts")
            let viewer = try await hub.viewer(.operator)
            try await viewer.wait { $0.agents.values.first?.strategies.isEmpty == false }
            let record = try #require(viewer.fleet.agents.values.first)
            #expect(record.id.agent == #"evil\x1b[31m"#)
            #expect(record.strategies.keys.first == #"pay\u{202e}epirts"#)
            // Operators type the safe form; the agent receives its original name.
            viewer.connection.send(
                .command(
                    OperatorCommand(
                        id: "c1", address: #"evil\x1b[31m:pay\u{202e}epirts"#, order: .reset)))
            #expect(try await agent.command().strategy == "pay\u{202e}epirts")
            agent.close()
        }
    }

    @Test func killedAgentIsGoneAtOnceWithAReason() async throws {
        try await TestHub.run { hub in
            let agent = try await RawAgent(hub.directory)
            let viewer = try await hub.viewer()
            try await viewer.wait { $0.agents[agent.id]?.state == .up }
            agent.close()
            try await viewer.wait { $0.agents[agent.id]?.state == .gone }
            #expect(viewer.fleet.agents[agent.id]?.why.contains("without bye") == true)
        }
    }

    @Test func unansweredCommandTimesOut() async throws {
        try await TestHub.run { hub in
            let agent = try await RawAgent(hub.directory)
            agent.declare("pay")
            let viewer = try await hub.viewer(.operator)
            try await viewer.wait { $0.agents[agent.id]?.strategies["pay"] != nil }
            let command = OperatorCommand(id: "c1", address: "planner:pay", order: .reset)
            viewer.connection.send(.command(command))
            #expect(try await viewer.outcome(of: "c1").map(\.status) == [.sent, .timedOut])
            agent.send(.ack(Ack(id: "c1", .ok(version: nil))))
            let late = try await viewer.next { message -> CommandStatus? in
                if case .commandStatus(let status) = message { status } else { nil }
            }
            #expect(late.status == .late)
        }
    }

    @Test func hubRefusesCommandsFromViewers() async throws {
        try await TestHub.run { hub in
            let viewer = try await hub.viewer(.view)
            let command = OperatorCommand(id: "c1", address: "planner:pay", order: .reset)
            viewer.connection.send(.command(command))
            let refusal = try await viewer.next { message -> Refusal? in
                if case .error(let refusal) = message { refusal } else { nil }
            }
            #expect(refusal.code == "read_only")
        }
    }

    @Test func hubRefusesLinesTooLongForViewers() async throws {
        try await TestHub.run { hub in
            let viewer = try await hub.viewer()
            let hostile = try await RawAgent(hub.directory)
            // A line just below the length limit, which grows when it is made safe.
            let limits = (0..<205).map { index in
                LimitReading(
                    name: "\(index)" + String(repeating: "\u{200B}", count: 40), value: 1,
                    unit: String(repeating: "\u{200B}", count: 40))
            }
            hostile.send(
                .strategy(StrategyDeclaration(strategy: "pay", kind: "retry", limits: limits)))
            #expect(await hostile.refusal()?.code == "too_long")
            let good = try await RawAgent(hub.directory, agent: "other", digit: "b")
            good.declare("pay")
            try await viewer.wait { $0.agents[good.id]?.strategies["pay"] != nil }
            let late = try await hub.viewer()
            try await late.wait { $0.agents[good.id]?.strategies["pay"] != nil }
        }
    }

    /// The keyframe has many parts. The viewers take turns, and the hub reads the agent in between.
    @Test func concurrentViewersAllReceiveLargeKeyframes() async throws {
        try await TestHub.run { hub in
            let agent = try await RawAgent(hub.directory)
            let limits = (0..<60).map { index in
                LimitReading(
                    name: "\(index)" + String(repeating: "n", count: 40), value: 1,
                    unit: String(repeating: "u", count: 40))
            }
            for index in 0..<150 {
                agent.send(
                    .strategy(
                        StrategyDeclaration(strategy: "s\(index)", kind: "retry", limits: limits)))
            }
            let first = try await hub.viewer()
            try await first.wait { $0.agents[agent.id]?.strategies["s149"] != nil }
            var viewers: [Viewer] = []
            for _ in 0..<8 { viewers.append(try await hub.viewer()) }
            agent.declare("late")
            for viewer in viewers {
                try await viewer.wait { $0.agents[agent.id]?.strategies.count == 151 }
            }
        }
    }

    @Test func hubDisconnectsOnlyThePeerThatBreaksTheProtocol() async throws {
        try await TestHub.run { hub in
            let good = try await RawAgent(hub.directory)
            good.declare("pay")
            let other = try await RawAgent(hub.directory, agent: "other", digit: "b")
            other.send(
                .delta(Delta(strategy: "never", sequence: 1, spanMS: 1, counters: Counters())))
            #expect(await other.refusal()?.code == "undeclared")
            let silent = try await RawAgent(hub.directory, as: good.id, saysHello: false)
            silent.send(.ping)
            #expect(await silent.refusal()?.code == "hello")
            let viewer = try await hub.viewer()
            try await viewer.wait { $0.agents[good.id]?.strategies["pay"] != nil }
            #expect(viewer.fleet.agents[good.id]?.state == .up)
        }
    }
}

/// An agent with the real library.
private struct Agent {
    let telemetry: Telemetry
    let breaker = CircuitBreaker()
    let pay: Monitored<Pipeline<Layered<Retry, CircuitBreaker>>>

    init(_ hub: TestHub) {
        var options = Telemetry.Options(environment: [:])
        options.places = SocketSearchPath(socket: hub.directory.socket(.agent))
        options.interval = .milliseconds(10)
        telemetry = Telemetry(agent: "planner", options: options)
        let breaker = breaker
        pay = telemetry.monitor("pay/stripe", target: "api.stripe.com") {
            Retry()
            breaker
        }
    }

    func strategy(in fleet: Fleet) -> StrategyRecord? {
        fleet.agents.values.lazy.compactMap { $0.strategies["pay/stripe"] }.first
    }
}
