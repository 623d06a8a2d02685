import Fleet
import ResilienceWire
import Screen
import TestSupport
import Testing

@testable import Dashboard

@Suite struct GroupingTests {
    static let chat = Scenario.id("chat", "6f6f")

    /// The night, with a second agent that calls what the router calls, in another strategy, and has
    /// a strategy of the router's name too.
    static var lines: [Line] {
        func declare(_ name: String, _ target: String) -> Line {
            let declaration = StrategyDeclaration(
                strategy: name, kind: "retry+breaker", target: target, can: Scenario.can,
                breaker: BreakerReading(state: .closed, version: 1, sinceMS: 3_600_000),
                limits: [LimitReading(name: "max_attempts", value: 2, min: 1, max: 5)])
            return Line(at: Scenario.now - 300_000, source: chat, .strategy(declaration))
        }
        let up = AgentUp(pid: 77, client: "fusebox-py/0.1", intervalMS: 500)
        let counters = Scenario.counters(
            ok: 60, failed: 40, retries: [60, 40], errors: ["HTTP 429": 80], bucket: 300)
        return Scenario.lines + [
            Line(at: Scenario.now - 300_000, source: chat, .agentUp(up)),
            declare("chat/complete", "api.openai.com"), declare("llm/local", "gpu-3"),
            Scenario.delta(chat, "chat/complete", Scenario.now, counters),
        ]
    }

    static func state(_ grouping: Grouping) -> State {
        var state = Scenario.state(lines: lines)
        while state.table.grouping != grouping { state.type("b") }
        state.press(keys: .home)
        return state
    }

    private func names(_ state: State) -> [String] { state.table.rows.map(\.name) }

    private func line(_ state: State, _ text: String) -> String {
        state.screen.first { $0.contains(text) } ?? ""
    }

    @Test func bKeyCyclesThroughGroupings() {
        var state = Scenario.state()
        let titles = Grouping.allCases.map { _ in
            defer { state.type("b") }
            return String(state.screen[2].prefix(30))
        }
        #expect(titles[0].contains("Strategies 8"))
        #expect(titles[1].contains("Strategies over agents 8"))
        #expect(titles[2].contains("Strategies by target 8"))
        #expect(titles[3].contains("Strategies by agent 6"))
        #expect(state.table.grouping == .none)
    }

    @Test func targetRowShowsTheErrorAndTheNumberOfAgents() {
        let state = Self.state(.target)
        let row = line(state, "api.openai.com")
        #expect(row.contains("HTTP 429"))
        #expect(row.contains("in 2 agents"))
        #expect(row.contains("2 strategies"))
    }

    @Test func countersOfAGroupAreMerged() throws {
        let state = Self.state(.target)
        let row = try #require(state.table.rows.first { $0.name == "api.openai.com" })
        let router = try #require(row.parts.first { $0.id.agent == "router" })
        #expect(row.minute.wanted == router.minute.wanted + 100)
        let latencies = row.counters(last: 60_000).latency.reduce(0) { $0 + $1.count }
        #expect(latencies == row.minute.wanted)
    }

    @Test func groupUnfoldsIntoStrategiesAndThenInstances() {
        var state = Self.state(.agent)
        state.table.selection = .group(.agent("planner"))
        state.press(keys: .right)
        #expect(names(state).contains("planner:geo/maps"))
        state.table.selection = .strategy(
            RowID.Name(agent: "planner", strategy: "pay/stripe"), in: .agent("planner"))
        state.press(keys: .right)
        #expect(names(state).contains("planner@b04c0000:pay/stripe"))
        state.press(keys: .down)
        state.type("hh")
        #expect(state.table.selection == .group(.agent("planner")))
        #expect(!names(state).contains("planner:geo/maps"))
    }

    @Test func worstGroupComesFirst() {
        #expect(names(Self.state(.agent)).prefix(2) == ["planner", "router"])
        #expect(names(Self.state(.target)).first == "api.stripe.com")
        var state = Self.state(.agent)
        state.type("s")
        #expect(names(state) == names(state).sorted())
    }

    @Test func filterAppliesBeforeGrouping() {
        var state = Self.state(.target)
        state.type("/agent:chat")
        #expect(names(state).sorted() == ["api.openai.com", "gpu-3"])
        #expect(state.screen[2].contains("2 of 9"))
    }

    @Test func selectionStaysVisibleWhenTheGroupingChanges() {
        var state = Scenario.state(lines: Self.lines)
        state.select("router", "llm/openai")
        state.type("b")
        #expect(state.table.selection == .group(.strategy("llm/openai")))
        state.type("b")
        #expect(state.table.selection == .group(.target("api.openai.com")))
        state.type("b")
        #expect(state.table.selection == .group(.agent("chat")))
    }

    @Test func selectionFollowsItsGroup() {
        var state = Self.state(.target)
        state.table.selection = .group(.target("gpu-3"))
        let failing = Scenario.delta(
            Self.chat, "llm/local", Scenario.now, Scenario.counters(ok: 0, failed: 900))
        _ = update(&state, .lines([failing]))
        _ = update(&state, .tick(at: Scenario.now + 5_000))
        #expect(state.table.selection == .group(.target("gpu-3")))
    }

    @Test func nextProblemsGroupIsUnfolded() {
        var state = Self.state(.agent)
        state.type("!")
        #expect(
            state.table.selection
                == .strategy(
                    RowID.Name(agent: "planner", strategy: "pay/stripe"), in: .agent("planner")))
        #expect(state.table.selectedIndex != nil)
        state.type("!")
        #expect(state.table.selection?.agent == "auth")
    }

    @Test func enterOnAnAgentShowsItsStrategiesAlone() {
        var state = Self.state(.agent)
        state.table.selection = .group(.agent("router"))
        state.press(keys: .enter)
        #expect(names(state).sorted() == ["router:llm/local", "router:llm/openai"])
        #expect(state.screen[2].contains("Agent router 2"))
        #expect(state.screen[2].contains("1 instance, pid 4242, fusebox-swift/0.1, lost 0"))
        state.type("b")
        #expect(state.notice?.text.hasPrefix("one agent's strategies") == true)
        state.press(keys: .escape)
        #expect(state.table.selection == .group(.agent("router")))
        #expect(names(state).contains("auth"))
    }

    @Test func viewOfARemovedAgentCanBeLeft() {
        var state = Self.state(.agent)
        state.table.selection = .group(.agent("router"))
        state.press(keys: .enter)
        let gone = Line(at: Scenario.now, source: Scenario.router, .agentGone(why: "said bye"))
        _ = update(&state, .lines([gone]))
        _ = update(&state, .tick(at: Scenario.now + 61_000))
        #expect(state.screen.contains { $0.contains("router is no longer in the fleet") })
        state.press(keys: .escape)
        #expect(names(state).contains("auth"))
    }

    @Test func orderToAStrategyOfAllAgentsIsAddressedToAll() {
        var state = Self.state(.strategy)
        state.table.selection = .group(.strategy("llm/local"))
        state.type("o")
        #expect(line(state, "*:llm/local").contains("2 instances"))
        state.press(keys: .tab, .enter)
        state.type("llm/local")
        state.press(keys: .tab, .tab)
        let command = OperatorCommand(
            id: "id-1", address: "*:llm/local", order: .open(forMS: 900_000))
        #expect(state.press(keys: .enter) == [.send(command)])
    }

    @Test func orderToAStrategyOfOneAgentIsAddressedToThatAgent() {
        var state = Self.state(.strategy)
        state.table.selection = .group(.strategy("pay/stripe"))
        state.type("r")
        #expect(line(state, "3 instances").contains("planner:pay/stripe"))
    }

    @Test func orderReachingMoreThanTheRowOpensNoDialog() {
        var state = Self.state(.strategy)
        state.type("/agent:chat")
        state.press(keys: .enter)
        state.table.selection = .group(.strategy("llm/local"))
        state.type("o")
        // With the filter, row and address cover only the chat agent.
        #expect(line(state, "1 instance").contains("chat:llm/local"))
        let other = GroupingTests.twins
        var twins = Scenario.state(lines: other)
        twins.type("bb")
        twins.table.selection = .group(.target("a.example"))
        twins.type("o")
        #expect(
            twins.notice?.text
                == "twin:call reaches 3 instances, of which this row has 2: unfold it (l) and select one"
        )
    }

    @Test func orderToSeveralStrategiesOpensNoDialog() {
        var state = Self.state(.target)
        state.table.selection = .group(.target("api.openai.com"))
        state.type("o")
        #expect(
            state.notice?.text
                == "api.openai.com has 2 strategies, but an order needs one: unfold it (l) and select one"
        )
    }

    @Test func groupDetailCoversAllItsStrategies() {
        var state = Self.state(.target)
        state.table.selection = .group(.target("api.openai.com"))
        let pane = state.screen.joined(separator: "\n")
        #expect(pane.contains("Detail api.openai.com x2"))
        #expect(pane.contains("router@17aa0000:llm/openai open"))
    }

    /// Three instances of one strategy, of which one calls another target.
    private static var twins: [Line] {
        ["aaaa", "bbbb", "cccc"].flatMap { digits -> [Line] in
            let id = Scenario.id("twin", digits)
            let declaration = StrategyDeclaration(
                strategy: "call", kind: "breaker",
                target: digits == "cccc" ? "b.example" : "a.example", can: Scenario.can,
                breaker: BreakerReading(state: .closed, version: 1))
            let up = AgentUp(pid: 1, client: "x", intervalMS: 500)
            return [
                Line(at: Scenario.now - 1_000, source: id, .agentUp(up)),
                Line(at: Scenario.now - 1_000, source: id, .strategy(declaration)),
            ]
        }
    }
}
