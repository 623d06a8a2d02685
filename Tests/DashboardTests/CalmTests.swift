import Fleet
import ResilienceWire
import Screen
import TestSupport
import Testing

@testable import Dashboard

/// Tests of the attention strip when it lists no problem.
@Suite struct CalmTests {
    private let id = InstanceID(agent: "planner", instance: InstanceDigits(first: "9f3a"))

    private func state(_ more: [Line] = []) -> State {
        Scenario.state(
            lines: [
                Line(
                    at: Scenario.now, source: id,
                    .agentUp(AgentUp(pid: 1, client: "", intervalMS: 500))),
                Line(
                    at: Scenario.now, source: id,
                    .strategy(
                        StrategyDeclaration(
                            strategy: "pay", kind: "breaker",
                            breaker: BreakerReading(state: .closed, version: 0)))),
            ] + more)
    }

    private func strip(_ state: State) -> String {
        let lines = render(state, glyphs: .unicode).text
        return lines.count > 1 ? lines[1] : ""
    }

    @Test func allIsQuietWhileTheHubAnswersAndAnAgentIsUp() {
        #expect(strip(state()).contains("all quiet"))
    }

    /// Each of these problems alone prevents "all quiet".
    @Test func anyProblemEndsAllQuiet() {
        let alert = Alert(
            id: "a", rule: "agent_gone", firing: true, about: "router", detail: "crashed")
        var silenced = alert
        silenced.silence = Alert.Silence(until: Scenario.now + 60_000, reason: "known")
        let order = StandingOrder(id: "s", address: "planner:other", order: .disable, who: "ops")
        let cases: [(String, State)] = [
            ("an alert fires", state([Line(at: Scenario.now, .alert(alert))])),
            ("a silenced alert fires", state([Line(at: Scenario.now, .alert(silenced))])),
            ("an order holds", state([Line(at: Scenario.now, .standing(order))])),
            (
                "no agent is up",
                state([Line(at: Scenario.now, source: id, .agentGone(why: "killed"))])
            ),
            (
                "an agent that left by itself was the last",
                state([Line(at: Scenario.now, source: id, .agentGone(why: "said bye"))])
            ),
            ("nobody was ever there", Scenario.state(lines: [])),
            ("the hub is silent", after(.silent(forMS: 3_000))),
            ("the hub is lost", after(.disconnected(why: "it ended"))),
            (
                "one of several hubs is lost",
                after(.hubsMissing([HubOutage(name: "eu", reason: .lost("no answer"))]))
            ),
        ]
        for (what, state) in cases {
            #expect(!strip(state).contains("all quiet"), "\(what): \(strip(state))")
            var later = state
            _ = update(&later, .tick(at: Scenario.now + 3_600_000))
            #expect(!strip(later).contains("all quiet"), "an hour later, \(what): \(strip(later))")
        }
    }

    /// The order holds for agents to come, so it is shown although its only instance is gone.
    @Test func standingOrderStaysInTheStripWhenItsInstancesAreGone() {
        let order = StandingOrder(
            id: "s", address: "planner:pay", order: .open(forMS: nil), who: "ops")
        var state = state([Line(at: Scenario.now, .standing(order))])
        _ = update(
            &state, .lines([Line(at: Scenario.now, source: id, .agentGone(why: "said bye"))]))
        #expect(
            state.attention.problems.contains {
                $0.kind == .standing(order: "open", by: "ops", until: nil)
            })
        state.type("r")
        #expect(
            state.notice?.text == "planner is not connected: nothing was sent; "
                + "'fusebox breaker reset planner:pay' ends its standing order")
    }

    private func after(_ event: Event) -> State {
        var state = state()
        _ = update(&state, event)
        return state
    }

    @Test func firingAlertStaysOnTheScreen() {
        let alert = Alert(
            id: "a", rule: "agent_gone", firing: true, about: "router", detail: "crashed")
        var state = state([Line(at: Scenario.now, .alert(alert))])
        #expect(strip(state).contains("1 ALERT"))
        _ = update(&state, .tick(at: Scenario.now + 3_600_000))
        #expect(strip(state).contains("router agent_gone for 1h00m: crashed"), "\(strip(state))")
        var over = alert
        over.firing = false
        _ = update(&state, .lines([Line(at: Scenario.now + 3_600_000, .alert(over))]))
        #expect(strip(state).contains("all quiet"))
    }

    @Test(arguments: [(80, 24), (40, 10), (120, 40)])
    func stripCountsCrashesWhenAllAgentsCrashed(width: Int, height: Int) {
        let other = InstanceID(agent: "router", instance: InstanceDigits(first: "17aa"))
        var state = state([
            Line(
                at: Scenario.now, source: other,
                .agentUp(AgentUp(pid: 2, client: "", intervalMS: 500))),
            Line(at: Scenario.now, source: id, .agentGone(why: "killed")),
        ])
        _ = update(&state, .resized(width: width, height: height))
        #expect(!strip(state).contains("no agents now"))
        _ = update(
            &state, .lines([Line(at: Scenario.now + 5_000, source: other, .agentGone(why: ""))]))
        _ = update(&state, .tick(at: Scenario.now + 3_600_000))
        #expect(strip(state).contains("no agents now, the last le"), "\(strip(state))")
        if width > 40 { #expect(strip(state).contains("14:02:36Z (2 crashed)")) }
        // While the hub does not answer, the strip does not claim that all agents left.
        _ = update(&state, .disconnected(why: "it ended"))
        #expect(!strip(state).contains("no agents now"))
    }

    @Test func stripSaysWhenTheLastAgentLeft() {
        var state = state([Line(at: Scenario.now, source: id, .agentGone(why: "said bye"))])
        _ = update(&state, .tick(at: Scenario.now + 3_600_000))
        let screen = render(state, glyphs: .unicode).text.joined(separator: "\n")
        #expect(screen.contains("no agents now, the last left 14:02:31Z"), "\(screen)")
        #expect(!screen.contains("import fusebox_agent"))
    }

    @Test func silenceOfTheHubIsShownWithItsDuration() {
        var state = state()
        _ = update(&state, .silent(forMS: 3_000))
        for _ in 0..<4 { _ = update(&state, .secondPassed) }
        #expect(render(state, glyphs: .unicode).text[0].contains("HUB SILENT 7s"))
        _ = update(&state, .heard)
        #expect(render(state, glyphs: .unicode).text[0].contains("hub ok"))
        #expect(strip(state).contains("all quiet"))
    }

    /// Countdowns and rates stay as they were when the hub was last heard.
    @Test func timesStandStillWhileTheHubIsSilent() {
        func body(_ state: State) -> [String] {
            Array(render(state, glyphs: .unicode).text[2..<22])
        }
        var state = Scenario.state()
        _ = update(&state, .silent(forMS: 3_000))
        let before = body(state)
        _ = update(&state, .tick(at: Scenario.now + 120_000))
        #expect(body(state) == before)
    }
}
