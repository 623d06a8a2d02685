import Fleet
import ResilienceWire
import Screen
import Testing

@testable import Dashboard

@Suite struct ErrorViewTests {
    private var state: State {
        var state = Scenario.state()
        state.type("e")
        return state
    }

    @Test func eKeyShowsTheRowsMostFrequentError() throws {
        let view = try #require(state.navigation.errors)
        #expect(view.type == "TimeoutError")
        #expect(view.places.map(\.row.name) == ["planner:pay/stripe", "router:llm/openai"])
        #expect(view.places.map(\.count) == [1_800, 1_200])
        #expect(state.screen[2].contains("Error TimeoutError  in 2 strategies of 2 agents, 5m"))
    }

    @Test func errorShareIsOfTheStrategysFailedAttempts() throws {
        let view = try #require(state.navigation.errors)
        #expect(view.places[1].share == 0.4)
        #expect(view.places[1].message == "read timed out")
    }

    @Test func eKeyChangesToTheNextErrorType() {
        var state = state
        var types: [String] = []
        for _ in 0..<6 {
            types.append(state.navigation.errors?.type ?? "")
            state.type("e")
        }
        #expect(
            types == [
                "TimeoutError", "HTTP 429", "HTTP 503", "ConnectionReset", "ECONNREFUSED",
                "TimeoutError",
            ])
    }

    @Test func enterShowsTheDetailAndEscComesBack() {
        var state = state
        state.press(keys: .down, .enter)
        #expect(state.navigation.page.isDetail)
        #expect(state.screen[2].contains("Detail router:llm/openai"))
        state.press(keys: .escape)
        #expect(
            state.navigation.errors?.selection == RowID(agent: "router", strategy: "llm/openai"))
        state.press(keys: .escape)
        #expect(state.navigation.page.isMain)
        #expect(state.table.selection?.strategy == "pay/stripe")
    }

    @Test func errorPageOpensFromTheDetailPage() {
        var state = Scenario.state()
        state.select("router", "llm/openai")
        state.press(keys: .enter)
        state.type("e")
        #expect(state.navigation.errors?.type == "HTTP 429")
        state.press(keys: .escape)
        #expect(state.navigation.page.isDetail)
    }

    @Test func ordersGoToTheSelectedPlace() {
        var state = state
        state.press(keys: .down)
        state.type("r")
        #expect(state.screen.contains { $0.contains("router:llm/openai  1 instance") })
    }

    @Test func selectionFollowsItsPlaceAndTheOrderIsKept() {
        var state = state
        state.press(keys: .down)
        let more = Scenario.delta(
            Scenario.router, "llm/openai", Scenario.now,
            Scenario.counters(ok: 0, failed: 1, errors: ["TimeoutError": 9_000]))
        _ = update(&state, .lines([more]))
        _ = update(&state, .tick(at: Scenario.now + 1_000))
        #expect(state.navigation.errors?.selectedIndex == 1)
        _ = update(&state, .tick(at: Scenario.now + 4_000))
        #expect(state.navigation.errors?.selectedIndex == 0)
        #expect(state.navigation.errors?.selection?.strategy == "llm/openai")
    }

    @Test func errorPageSaysThatThereAreNoErrors() {
        var state = Scenario.state()
        state.select("search", "vec/qdrant")
        state.type("e")
        #expect(state.navigation.page.isMain)
        #expect(
            state.notice?.text == "search:vec/qdrant had no failed attempts in 5 minutes")
    }

    @Test func errorThatEndedLeavesAnEmptyPage() {
        var state = state
        _ = update(&state, .tick(at: Scenario.now + 400_000))
        #expect(state.screen[3].contains("no occurrences in 5 minutes"))
        state.press(keys: .down, .enter)
        #expect(!state.navigation.page.isMain)
    }
}
