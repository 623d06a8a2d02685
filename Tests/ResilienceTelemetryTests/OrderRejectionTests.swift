import Fleet
import Resilience
import ResilienceWire
import Testing

@testable import ResilienceTelemetry

/// Compares the prediction of dry runs and dialogs about an order with the library's answer.
@Suite struct OrderRejectionTests {
    private struct Down: Error {}

    /// The strategy that an agent created, and whether it takes orders.
    enum Subject: CaseIterable {
        case breaker, retryAlone, timeoutOfPartsOfAMillisecond, withoutControl
    }

    static let states: [ResilienceWire.BreakerState] = [
        .closed, .open, .halfOpen, .forcedOpen, .disabled,
    ]
    static let orders: [Order] =
        [
            .open(forMS: nil), .open(forMS: 60_000), .reset, .halfOpen, .disable, .enable,
            .tap(forMS: 1_000), .tap(forMS: nil), .unknown("explode"),
        ] + values.map { .setLimit(name: $0, value: $1) }
    private static let values: [(String, Double?)] = [
        ("max_attempts", 2), ("max_attempts", 0), ("max_attempts", -1), ("max_attempts", 2.5),
        ("max_attempts", 1e9), ("max_attempts", nil), ("failure_threshold", 1),
        ("failure_threshold", 0), ("open_ms", 250.5), ("timeout_ms", 2.5), ("timeout_ms", 3),
        ("nope", 1), ("nope", nil), ("max_attempts", .infinity), ("max_attempts", -.infinity),
    ]

    private func breaker(in state: ResilienceWire.BreakerState) throws -> CircuitBreaker {
        let breaker = CircuitBreaker()
        switch state {
        case .closed: break
        case .open:
            for _ in 0..<5 {
                _ = try? breaker.callBlocking { () throws(Down) in throw Down() }
            }
        case .halfOpen: try breaker.apply(.halfOpen)
        case .forcedOpen: try breaker.apply(.open(for: nil))
        case .disabled: try breaker.apply(.disable)
        }
        #expect(ResilienceWire.BreakerState(breaker.snapshot.state) == state)
        return breaker
    }

    private func registry(
        _ subject: Subject, _ breaker: CircuitBreaker
    ) throws -> Registry {
        let environment = ["FUSEBOX_CONTROL": subject == .withoutControl ? "0" : "1"]
        let registry = Registry(Telemetry.Options(environment: environment), agent: "planner")
        switch subject {
        case .breaker, .withoutControl:
            let monitored = Monitored {
                Retry()
                breaker
            }
            registry.add("pay", target: nil, facets: Facets(of: monitored), monitored.meter)
        case .retryAlone:
            let monitored = Monitored { Retry() }
            registry.add("pay", target: nil, facets: Facets(of: monitored), monitored.meter)
        case .timeoutOfPartsOfAMillisecond:
            let monitored = Monitored(Timeout(.microseconds(1_500)))
            registry.add("pay", target: nil, facets: Facets(of: monitored), monitored.meter)
        }
        return registry
    }

    /// Returns the strategy's record as a viewer builds it from the agent's lines.
    private func record(_ registry: Registry) throws -> StrategyRecord {
        let id = InstanceID(agent: "planner", instance: InstanceDigits(1))
        var fleet = Fleet()
        let up = AgentUp(pid: 1, client: "fusebox-swift/1", intervalMS: 500)
        fleet.apply(.agentUp(up), from: id, at: 1)
        for case .strategy(let declaration) in registry.declarations() {
            fleet.apply(.strategy(declaration), from: id, at: 2)
        }
        return try #require(fleet.agents[id]?.strategies["pay"])
    }

    @Test(arguments: Subject.allCases, states)
    func viewerAndAgentAgreeOnEveryOrder(
        _ subject: Subject, _ state: ResilienceWire.BreakerState
    ) throws {
        for order in Self.orders {
            for wanted in [nil, 0, 1, 7] as [Int?] {
                let breaker = try breaker(in: state)
                let registry = try registry(subject, breaker)
                let rejection = try record(registry).rejection(of: order, ifVersion: wanted)
                var runner = CommandRunner(registry)
                let command = AgentCommand(
                    id: "c", strategy: "pay", order: order, ifVersion: wanted)
                let what = "\(order) at \(subject), \(state), version \(wanted ?? -1)"
                switch runner.run(command, now: 0).answer {
                case .ok:
                    #expect(rejection == nil, "\(what) is done")
                case .refused(_, let detail):
                    #expect(rejection != nil, "\(what) is refused: \(detail)")
                }
            }
        }
    }
}
