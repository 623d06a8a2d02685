import Resilience
import ResilienceWire
import TestSupport
import Testing

@testable import ResilienceTelemetry

/// Tests of keyed strategies as an agent reports them to a hub.
@Suite struct KeyedTelemetryTests {
    typealias Hosts = Keyed<String, Monitored<Pipeline<CircuitBreaker>>>

    let registry = Registry(Telemetry.Options(environment: [:]), agent: "planner")

    func hosts(_ capacity: Int = 2, as strategy: String = "get") throws -> Hosts {
        let policy = try KeyedPolicy(capacity: capacity, hardCapacity: capacity)
        let hosts = Hosts(policy) { _ in Monitored { CircuitBreaker() } }
        registry.follow(hosts, as: strategy)
        return hosts
    }

    func declarations(_ lines: [AgentMessage]) -> [StrategyDeclaration] {
        lines.compactMap { line in
            if case .strategy(let declaration) = line { declaration } else { nil }
        }
    }

    func deltas(_ lines: [AgentMessage]) -> [Delta] {
        lines.compactMap { line in
            if case .delta(let delta) = line { delta } else { nil }
        }
    }

    func order(_ order: Order, _ strategy: String) -> Ack.Answer {
        var runner = CommandRunner(registry)
        return runner.run(
            AgentCommand(id: "c", strategy: strategy, order: order), now: 0
        ).answer
    }

    @Test func keyedStrategyIsShownOnceItIsCreated() throws {
        let hosts = try hosts()
        #expect(registry.names == [])
        for key in ["a", "b", "a"] { _ = try hosts[key].callBlocking { 1 } }
        #expect(registry.names == ["get/a", "get/b"])
        #expect(declarations(registry.takeEvents()).map(\.target) == ["a", "b"])
        let deltas = deltas(registry.takeDeltas())
        #expect(deltas.map(\.strategy) == ["get/a", "get/b"])
        #expect(deltas.map(\.counters.ok) == [2, 1])
    }

    @Test func orderReachesStrategyOfItsKey() throws {
        let hosts = try hosts()
        for key in ["a", "b"] { _ = hosts[key] }
        #expect(order(.open(forMS: nil), "get/b") == .ok(version: 1))
        #expect(throws: Rejection.self) { _ = try hosts["b"].callBlocking { 1 } }
        #expect(try hosts["a"].callBlocking { 1 } == 1)
    }

    @Test func removedStrategyTakesNoOrdersUntilItsKeyReturns() throws {
        let hosts = try hosts(1)
        let gone = hosts["a"]
        #expect(order(.open(forMS: nil), "get/a") == .ok(version: 1))
        _ = hosts["b"]
        #expect(registry.names == ["get/b"])
        _ = registry.takeEvents()
        let retired = declarations(registry.takeDeltas())
        #expect(retired.map(\.strategy) == ["get/a"] && retired.first?.can == [])
        // Without a breaker, no screen or alert shows the removed strategy as open for ever.
        #expect(retired.first?.breaker == nil && retired.first?.limits == [])
        guard case .refused(.unknownStrategy, _) = order(.open(forMS: nil), "get/a") else {
            Issue.record("an order to a strategy that went was carried out")
            return
        }
        // A caller may still hold and change the removed strategy; this posts no event.
        Facets(of: gone).breaker?.reset()
        #expect(registry.takeEvents().isEmpty)
        _ = hosts["a"]
        #expect(registry.names == ["get/a"])
        #expect(order(.open(forMS: nil), "get/a") == .ok(version: 1))
        // A declaration comes before the first event, because breaker versions begin again.
        let events = registry.takeEvents()
        #expect(declarations(events).map(\.strategy) == ["get/a"])
        #expect(declarations(events).first?.can.isEmpty == false)
        #expect(events.count == 2)
        #expect(throws: Rejection.self) { _ = try hosts["a"].callBlocking { 1 } }
    }

    @Test func alternatingKeysAreDeclaredOncePerInterval() throws {
        let hosts = try hosts(1)
        _ = (hosts["a"], hosts["b"])
        _ = registry.takeEvents() + registry.takeDeltas()
        for _ in 0..<1_000 { for key in ["a", "b"] { _ = try hosts[key].callBlocking { 1 } } }
        #expect(registry.takeEvents().isEmpty)
        let lines = registry.takeDeltas()
        #expect(declarations(lines).map(\.strategy) == ["get/a", "get/b"])
        #expect(deltas(lines).map(\.counters.ok) == [1_000, 1_000])
        #expect(lines.count == 4)
    }

    @Test func replacedStrategyKeepsCountersOfItsLayers() throws {
        let policy = try KeyedPolicy(capacity: 1, hardCapacity: 1)
        let full = try BulkheadPolicy(maxConcurrent: 1, queueSize: 0)
        let hosts = Keyed(policy, by: String.self) { _ in Monitored { Bulkhead(full) } }
        registry.follow(hosts, as: "get")
        for _ in 0..<3 {
            let host = hosts["a"]
            try host.callBlocking {
                for _ in 0..<2 { _ = try? host.callBlocking { 1 } }
            }
            _ = hosts["b"]
        }
        _ = hosts["a"]
        let own = deltas(registry.takeDeltas()).filter { $0.strategy == "get/a" }
        #expect(own.map(\.counters.bulkhead?.rejected) == [6])
        #expect(own.map(\.counters.rejected) == [6])
        #expect(own.map(\.counters.ok) == [3])
    }

    @Test func returningKeyNeitherLosesNorRepeatsCounts() throws {
        let hosts = try hosts(1)
        var lines: [AgentMessage] = []
        for round in 0..<6 {
            for key in ["a", "b"] {
                for _ in 0...round { _ = try hosts[key].callBlocking { 1 } }
            }
            if round % 2 == 1 { lines += registry.takeEvents() + registry.takeDeltas() }
        }
        for name in ["get/a", "get/b"] {
            let own = deltas(lines).filter { $0.strategy == name }
            #expect(own.reduce(0) { $0 + $1.counters.ok } == 21)
            #expect(own.map(\.sequence) == Array(1...own.count))
        }
    }

    @Test func registryLimitsKeyedNames() throws {
        let hosts = try hosts(10)
        let others = try self.hosts(10, as: "put")
        for number in 0..<1_500 {
            _ = try hosts["\(number)"].callBlocking { 1 }
            if number < 100 { _ = others["\(number)"] }
        }
        #expect(registry.declarations().count == Registry.keyedNameLimit)
        // A key that was shown before is shown again under its name.
        _ = hosts["5"]
        #expect(registry.names.contains("get/5"))
        #expect(registry.declarations().count == Registry.keyedNameLimit)
    }

    @Test func longAndEmptyKeysGetValidNames() throws {
        let hosts = try hosts(4)
        for key in ["", String(repeating: "é", count: 500), String(repeating: "é", count: 501)] {
            _ = hosts[key]
        }
        #expect(Set(registry.names).count == 3)
        for declaration in declarations(registry.declarations()) {
            #expect(declaration.strategy.utf8.count <= WireLimits.nameBytes)
            #expect(declaration.target?.isEmpty != true)
            #expect((declaration.target?.utf8.count ?? 0) <= WireLimits.nameBytes)
        }
    }

    @Test func telemetryCreatesKeyedStrategies() async throws {
        let telemetry = Telemetry(
            agent: "crawler", options: .init(environment: ["FUSEBOX_SOCKET": ""]))
        let hosts = telemetry.monitor("get", by: String.self) { host in
            Retry()
            CircuitBreaker()
        }
        #expect(try await hosts["example.org"].call { host() } == "page")
        #expect(hosts["example.org"].metrics.ok == 1)
        await telemetry.shutdown()
    }

    @Sendable private func host() -> String { "page" }
}
