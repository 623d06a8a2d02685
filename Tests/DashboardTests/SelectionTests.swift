import Fleet
import ResilienceWire
import Screen
import Testing

@testable import Dashboard

@Suite struct SelectionTests {
    /// Opens the breaker of a healthy strategy, so that it becomes the worst row.
    private func breakLocal(_ state: inout State, ago: Int64 = 0) {
        let open = Scenario.change(
            Scenario.router, "llm/local", ago: ago, .closed, .open, "5 consecutive failures",
            probe: 60_000)
        let delta = Scenario.delta(
            Scenario.router, "llm/local", Scenario.now,
            Scenario.counters(ok: 0, failed: 10, rejected: 90_000))
        _ = update(&state, .lines([open, delta]))
    }

    private func order(_ state: State) -> [String] {
        state.table.rows.map(\.id.strategy)
    }

    @Test func rowsKeepTheirOrderForThreeSeconds() {
        var state = Scenario.state()
        let before = order(state)
        breakLocal(&state)
        _ = update(&state, .tick(at: Scenario.now + 2_900))
        #expect(order(state) == before)
        _ = update(&state, .tick(at: Scenario.now + 3_000))
        #expect(order(state).first == "llm/local")
    }

    @Test func selectionFollowsItsRow() {
        var state = Scenario.state()
        #expect(state.table.selection?.strategy == "pay/stripe")
        breakLocal(&state)
        _ = update(&state, .tick(at: Scenario.now + 5_000))
        #expect(state.table.selection?.strategy == "pay/stripe")
        #expect(state.table.selectedIndex == 1)
    }

    @Test func noRowMovesUnderAnOpenDialog() {
        var state = Scenario.state()
        let before = order(state)
        state.type("o")
        breakLocal(&state)
        let gone = Line(
            at: Scenario.now, source: Scenario.auth, .agentGone(why: "said bye"))
        _ = update(&state, .lines([gone]))
        _ = update(&state, .tick(at: Scenario.now + 70_000))
        #expect(order(state) == before)
        state.press(keys: .escape)
        _ = update(&state, .tick(at: Scenario.now + 74_000))
        #expect(order(state)[1] == "llm/local")
        #expect(!order(state).contains("auth/ldap"))
    }

    /// A choice in a list is for the instance whose limits are listed.
    @Test func limitListClosesWhenItsInstanceIsGone() {
        var state = Scenario.state()
        state.press(keys: .enter, .down, .down)
        let id = state.table.selection
        #expect(id?.instance == Scenario.planner[1].instance)
        state.type("m")
        let gone = Line(
            at: Scenario.now, source: Scenario.planner[1], .agentGone(why: "said bye"))
        _ = update(&state, .lines([gone]))
        #expect(state.table.selection == id)
        #expect(state.notice?.text == "planner is not connected: nothing was sent")
        guard case .none = state.navigation.overlay else {
            Issue.record("the list is still there")
            return
        }
        _ = update(&state, .tick(at: Scenario.now + 4_000))
        #expect(state.table.selection != id)
    }

    @Test func newRowDoesNotMoveOtherRows() {
        var state = Scenario.state()
        let before = order(state)
        let declaration = StrategyDeclaration(strategy: "aaa", kind: "retry")
        _ = update(
            &state,
            .lines([Line(at: Scenario.now, source: Scenario.auth, .strategy(declaration))]))
        #expect(order(state) == before + ["aaa"])
    }

    @Test func enterUnfoldsAndFoldsReplicas() {
        var state = Scenario.state()
        state.press(keys: .enter)
        #expect(state.table.rows.count == 11)
        #expect(state.table.rows[1].id.instance == Scenario.planner[0].instance)
        state.press(keys: .down, .down)
        #expect(state.table.selection?.instance == Scenario.planner[1].instance)
        state.type("h")
        #expect(state.table.rows.count == 8)
        #expect(state.table.selection?.instance == nil)
    }

    @Test func enterOnASingleRowOpensItsPageAndEscLeavesIt() {
        var state = Scenario.state()
        state.select("auth", "auth/ldap")
        state.press(keys: .enter)
        #expect(state.navigation.page.isDetail)
        state.press(keys: .escape)
        #expect(state.navigation.page.isMain)
        #expect(state.table.selection?.strategy == "auth/ldap")
    }

    @Test func goneReplicasAreNotCountedInFigures() {
        var state = Scenario.state()
        let gone = Line(
            at: Scenario.now, source: Scenario.planner[2], .agentGone(why: "said bye"))
        _ = update(&state, .lines([gone]))
        #expect(state.selectedRow?.members.count == 2)
        #expect(!state.attention.problems.contains { $0.name.hasPrefix("planner") })
    }

    @Test func crashedAgentIsShownAsLongAsItIsKnown() {
        var state = Scenario.state()
        _ = update(&state, .tick(at: Scenario.now + 3_600_000))
        #expect(order(state).contains("s3/put"))
        #expect(state.attention.problems.contains { $0.name == "batch" })
    }

    @Test func agentThatSaidByeIsShownForAMinute() throws {
        var state = Scenario.state()
        let auth = try #require(state.shownFleet.agents.keys.first { $0.agent == "auth" })
        let bye = Line(at: Scenario.now, source: auth, .agentGone(why: "said bye"))
        _ = update(&state, .lines([bye]))
        _ = update(&state, .tick(at: Scenario.now + 59_000))
        #expect(order(state).contains("auth/ldap"))
        _ = update(&state, .tick(at: Scenario.now + 60_000))
        #expect(!order(state).contains("auth/ldap"))
    }

    @Test func exclamationMarkGoesToTheNextProblem() {
        var state = Scenario.state()
        state.press(keys: .end)
        var visited: [String] = []
        for _ in 0..<7 {
            state.type("!")
            visited.append(state.table.selection?.strategy ?? "")
        }
        #expect(
            visited == [
                "pay/stripe", "auth/ldap", "vec/qdrant", "smtp", "s3/put", "geo/maps", "pay/stripe",
            ])
    }

    @Test func sortingCyclesAndReverses() {
        var state = Scenario.state()
        state.type("s")
        #expect(order(state).first == "auth/ldap")
        state.type("S")
        #expect(order(state).first == "vec/qdrant")
        state.type("s")
        #expect(order(state).first == "geo/maps")
        state.type("ss")
        #expect(state.table.sort.key == .tries)
        #expect(order(state).first == "auth/ldap")
    }

    @Test func viKeysMove() {
        var state = Scenario.state()
        state.type("jjG")
        #expect(state.table.selectedIndex == 7)
        state.type("gg")
        #expect(state.table.selectedIndex == 0)
        state.press(keys: .pageDown, .pageDown, .pageUp, .up)
        #expect(state.table.selectedIndex != nil)
    }

    @Test(arguments: [
        ("pay", ["pay/stripe"]), ("PLANNER", ["geo/maps", "pay/stripe"]),
        ("state:half", ["llm/openai"]), ("state:forced", ["geo/maps"]),
        ("agent:router state:closed", ["llm/local"]),
        ("err:timeout", ["llm/openai", "pay/stripe"]),
        ("target:ldap", ["auth/ldap"]), ("openai.com", ["llm/openai"]),
        ("state: pay", ["pay/stripe"]),
        (#"err:"http 429""#, ["llm/openai"]), (#"agent:"router" "llm/lo"#, ["llm/local"]),
        ("nonsense", []),
    ])
    func filtersShowWhatMatches(text: String, strategies: [String]) {
        var state = Scenario.state()
        state.type("/" + text)
        #expect(order(state).sorted() == strategies)
    }

    @Test(arguments: [
        ("state:bogus", "unknown state 'bogus'"),
        ("foo:bar", "unknown key; expected agent:, err:, state: or target:"),
    ])
    func filterThatCannotMatchSaysSo(text: String, words: String) {
        var state = Scenario.state()
        state.type("/" + text)
        #expect(state.screen.contains { $0.contains(words) })
    }

    @Test func detailPageKeepsItsRowAfterTheRowIsRemoved() {
        var state = Scenario.state()
        state.select("auth", "auth/ldap")
        state.press(keys: .enter)
        let gone = Line(
            at: Scenario.now, source: Scenario.auth, .agentGone(why: "said bye"))
        _ = update(&state, .lines([gone]))
        _ = update(&state, .tick(at: Scenario.now + 70_000))
        #expect(state.screen.contains { $0.contains("Detail auth:auth/ldap") })
        state.type("o")
        #expect(state.notice?.text == "auth is not connected: nothing was sent")
        state.press(keys: .escape)
        _ = update(&state, .tick(at: Scenario.now + 74_000))
        #expect(!order(state).contains("auth/ldap"))
    }

    /// A row that the filter now hides keeps present figures on its page and under a dialog.
    @Test(arguments: [true, false])
    func openPageShowsPresentFiguresOfAFilteredRow(isPage: Bool) {
        var state = Scenario.state()
        state.type("/state:half")
        state.press(keys: .enter)
        if isPage { state.press(keys: .enter) }
        state.type("r")
        let closed = Scenario.change(
            Scenario.router, "llm/openai", ago: 0, .halfOpen, .closed, "3 of 3 probes")
        _ = update(&state, .lines([closed]))
        #expect(state.screen.contains { $0.contains("CLOSED now; its counts are cleared") })
        state.press(keys: .escape)
        _ = update(&state, .tick(at: Scenario.now + 4_000))
        #expect(state.navigation.page.isDetail == isPage)
        #expect(state.screen.contains { $0.contains("● CLOSED for 4s") } == isPage)
        state.press(keys: .escape)
        #expect(state.table.rows.isEmpty == isPage)
    }

    @Test(arguments: ["s", "S", "b", "/"])
    func sortAndGroupKeysReturnToTheTable(key: String) {
        var state = Scenario.state()
        state.type(" ")
        state.select("auth", "auth/ldap")
        state.press(keys: .enter)
        state.type(key)
        #expect(state.navigation.page.isMain)
    }

    @Test func keysDoNothingOnATooSmallScreen() {
        var state = Scenario.state()
        _ = update(&state, .resized(width: 30, height: 8))
        #expect(state.press(keys: .character("o"), .tab, .enter).isEmpty)
        #expect(state.press(keys: .character("q")) == [.quit])
    }

    @Test func enterKeepsAFilterAndEscClearsIt() {
        var state = Scenario.state()
        state.type("/pay")
        state.press(keys: .enter)
        #expect(order(state) == ["pay/stripe"])
        state.type("q")
        state.press(keys: .escape)
        #expect(order(state).count == 8)
        state.type("/pay")
        state.press(keys: .escape)
        #expect(order(state).count == 8)
    }
}
