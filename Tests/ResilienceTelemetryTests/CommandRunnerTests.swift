import Resilience
import ResilienceWire
import Testing

@testable import ResilienceTelemetry

@Suite struct CommandRunnerTests {
    let breaker = CircuitBreaker()

    func runner(control: Bool = true) -> CommandRunner {
        let registry = Registry(
            Telemetry.Options(environment: ["FUSEBOX_CONTROL": control ? "1" : "0"]),
            agent: "planner")
        let monitored = Monitored {
            Retry()
            breaker
        }
        registry.add("pay", target: nil, facets: Facets(of: monitored), monitored.meter)
        return CommandRunner(registry)
    }

    func command(_ order: Order, _ id: String = "c1", to name: String = "pay") -> AgentCommand {
        AgentCommand(id: id, strategy: name, order: order, expiresMonoMS: 1_000)
    }

    @Test func runnerActsOncePerIDAndRepeatsItsAnswer() {
        var runner = runner()
        let answer = runner.run(command(.open(forMS: nil)), now: 0)
        #expect(answer == Ack(id: "c1", .ok(version: 1)))
        breaker.reset()
        #expect(runner.run(command(.open(forMS: nil)), now: 0) == answer)
        #expect(breaker.snapshot.state == .closed)
    }

    @Test func runnerRefusesExpiredCommands() {
        var runner = runner()
        let answer = runner.run(command(.open(forMS: nil)), now: 1_500)
        #expect(
            answer == Ack(id: "c1", .refused(code: .expired, detail: "arrived 500 ms too late")))
        #expect(breaker.snapshot.state == .closed)
    }

    @Test func runnerRefusesEveryCommandWhenControlIsOff() {
        var runner = runner(control: false)
        guard case .refused(.refused, let detail) = runner.run(command(.reset), now: 0).answer
        else {
            Issue.record("acted though control is off")
            return
        }
        #expect(detail.contains("FUSEBOX_CONTROL=0"))
    }

    @Test func unknownOrderIsUnsupported() {
        var runner = runner()
        #expect(
            runner.run(command(.unknown("explode")), now: 0).answer
                == .refused(
                    code: .unsupported, detail: "this client does not know 'explode'"))
    }

    @Test func refusalListsExistingNames() {
        var runner = runner()
        #expect(
            runner.run(command(.reset, to: "nope"), now: 0).answer
                == .refused(code: .unknownStrategy, detail: "the strategies are: pay"))
        #expect(
            runner.run(command(.setLimit(name: "nope", value: 1), "c2"), now: 0).answer
                == .refused(
                    code: .unsupported,
                    detail: "the limits are: max_attempts, failure_threshold, open_ms"))
    }

    @Test func differentVersionIsAConflict() {
        var runner = runner()
        var reset = command(.reset)
        reset.ifVersion = 3
        #expect(
            runner.run(reset, now: 0).answer
                == .refused(code: .conflict, detail: "the breaker is at version 0, not 3"))
    }

    @Test func impossibleOrderIsRefusedWithReason() {
        var runner = runner()
        _ = runner.run(command(.disable), now: 0)
        #expect(
            runner.run(command(.halfOpen, "c2"), now: 0).answer
                == .refused(
                    code: .refused, detail: "the breaker is disabled; enable it first"))
    }
}
