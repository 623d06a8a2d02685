import ResilienceWire
import Screen
import Testing

@testable import Dashboard

@Suite struct GoldenTests {
    @Test(arguments: [(80, 24), (120, 40), (160, 50), (40, 10)])
    func mainScreen(width: Int, height: Int) throws {
        try Golden.check(Scenario.state(width: width, height: height), "main-\(width)x\(height)")
    }

    @Test func asciiGlyphs() throws {
        try Golden.check(Scenario.state(width: 80, height: 24), "ascii-80x24", glyphs: .ascii)
    }

    @Test(arguments: [(80, 24), (120, 40)])
    func unfoldedReplicas(width: Int, height: Int) throws {
        var state = Scenario.state(width: width, height: height)
        state.select("planner", "pay/stripe")
        state.press(keys: .enter)
        try Golden.check(state, "unfolded-\(width)x\(height)")
    }

    @Test(arguments: [(80, 24), (120, 40)])
    func detailPage(width: Int, height: Int) throws {
        var state = Scenario.state(width: width, height: height)
        state.select("router", "llm/openai")
        state.press(keys: .enter)
        try Golden.check(state, "detail-\(width)x\(height)")
    }

    @Test func dialogForReplicas() throws {
        var state = Scenario.state(width: 80, height: 24)
        state.select("planner", "pay/stripe")
        state.type("r")
        state.press(keys: .tab, .enter)
        try Golden.check(state, "dialog-reset-80x24")
    }

    @Test func dialogForOneInstance() throws {
        var state = Scenario.state()
        state.select("router", "llm/openai")
        state.type("o")
        try Golden.check(state, "dialog-open-120x40")
    }

    @Test(arguments: [(80, 24), (120, 40)])
    func listOfLimits(width: Int, height: Int) throws {
        var state = Scenario.state(width: width, height: height)
        state.select("auth", "auth/ldap")
        state.type("m")
        try Golden.check(state, "limits-\(width)x\(height)")
    }

    @Test func dialogForALimit() throws {
        var state = Scenario.state()
        state.select("planner", "pay/stripe")
        state.type("m")
        state.press(keys: .enter, .tab, .tab)
        state.type("9")
        state.press(keys: .backTab)
        state.type("pay")
        try Golden.check(state, "dialog-limit-120x40")
    }

    @Test(arguments: Grouping.allCases.dropFirst())
    func grouped(by grouping: Grouping) throws {
        var state = GroupingTests.state(grouping)
        state.press(keys: .right)
        try Golden.check(state, "by-\(grouping.rawValue)-120x40")
    }

    @Test func groupedByTargetOnASmallScreen() throws {
        var state = GroupingTests.state(.target)
        _ = update(&state, .resized(width: 80, height: 24))
        try Golden.check(state, "by-target-80x24")
    }

    @Test func oneAgent() throws {
        var state = GroupingTests.state(.agent)
        state.table.selection = .group(.agent("router"))
        state.press(keys: .enter)
        try Golden.check(state, "agent-120x40")
    }

    @Test(arguments: [(80, 24), (120, 40)])
    func whereAnErrorHappens(width: Int, height: Int) throws {
        var state = Scenario.state(width: width, height: height)
        state.type("e")
        try Golden.check(state, "errors-\(width)x\(height)")
    }

    @Test(arguments: [(80, 24), (120, 40)])
    func help(width: Int, height: Int) throws {
        var state = Scenario.state(width: width, height: height)
        state.type("?")
        try Golden.check(state, "help-\(width)x\(height)")
    }

    @Test func commandBeingTyped() throws {
        var state = Scenario.state(width: 80, height: 24)
        state.type(":p")
        try Golden.check(state, "command-80x24")
    }

    @Test func filterBeingTyped() throws {
        var state = Scenario.state(width: 80, height: 24)
        state.type("/pay state:op")
        try Golden.check(state, "filter-80x24")
    }

    @Test func pausedWithWaitingEvents() throws {
        var state = Scenario.state(width: 80, height: 24)
        state.type(" ")
        let event = Line(at: Scenario.now, .clock(jumpMS: 5_000))
        _ = update(&state, .lines(Array(repeating: event, count: 12)))
        _ = update(&state, .tick(at: Scenario.now + 9_000))
        state.press(keys: .down)
        try Golden.check(state, "paused-80x24")
    }

    @Test func hubLost() throws {
        var state = Scenario.state(width: 80, height: 24)
        _ = update(&state, .disconnected(why: "connection closed"))
        _ = update(&state, .tick(at: Scenario.now + 4_000))
        try Golden.check(state, "lost-80x24")
    }

    @Test func hubSilent() throws {
        var state = Scenario.state(width: 80, height: 24)
        _ = update(&state, .silent(forMS: 3_000))
        for _ in 0..<4 { _ = update(&state, .secondPassed) }
        try Golden.check(state, "silent-80x24")
    }

    @Test func allAgentsCrashed() throws {
        let crashes = (Scenario.planner + [Scenario.router]).enumerated().map { index, id in
            Line(
                at: Scenario.now - 400_000 + Int64(index) * 1_000, source: id,
                .agentGone(why: "connection closed without bye"))
        }
        let alert = Alert(
            id: "a", rule: "agent_gone", firing: true, about: "planner",
            detail: "3 of 3 instances are gone")
        let lines =
            Scenario.lines.filter {
                guard let source = $0.source else { return false }
                return (Scenario.planner + [Scenario.router]).contains(source)
            }.map { line in
                var line = line
                line.at = (line.at ?? 0) - 400_000
                return line
            } + crashes + [Line(at: Scenario.now - 340_000, .alert(alert))]
        try Golden.check(
            Scenario.state(width: 80, height: 24, lines: lines), "crashed-80x24")
    }

    @Test func flapping() throws {
        let changes = stride(from: Int64(280_000), to: 0, by: -20_000).enumerated().flatMap {
            index, ago -> [Line] in
            let moves: [(Int64, BreakerState, BreakerState, String)] = [
                (ago, .closed, .open, "5 consecutive failures"),
                (ago - 9_000, .open, .halfOpen, "time to probe"),
                (ago - 9_500, .halfOpen, .closed, "3 of 3 probes succeeded"),
            ]
            return moves.enumerated().map { step, move in
                let change = BreakerChange(
                    strategy: "llm/openai", version: 8 + 3 * index + step, from: move.1,
                    to: move.2, by: .policy, why: move.3)
                return Line(at: Scenario.now - move.0, source: Scenario.router, .breaker(change))
            }
        }
        let lines =
            Scenario.lines.filter { line in
                if case .breaker = line.message { line.source != Scenario.router } else { true }
            } + changes
        try Golden.check(
            Scenario.state(
                width: 80, height: 24,
                lines: lines.enumerated().sorted {
                    ($0.element.at ?? 0, $0.offset) < ($1.element.at ?? 0, $1.offset)
                }.map(\.element)), "flapping-80x24")
    }

    @Test(arguments: [(80, 24), (120, 40)])
    func noAgentsYet(width: Int, height: Int) throws {
        let state = Scenario.state(width: width, height: height, lines: [])
        try Golden.check(state, "empty-\(width)x\(height)")
    }

    @Test func replay() throws {
        var state = Scenario.state(
            width: 120, height: 40, mode: .replay(file: "night.ndjson", speed: 4), mayControl: false
        )
        let times = Scenario.now - 600_000...Scenario.now + 600_000
        _ = update(&state, .timeline(Timeline(times, Scenario.lines)))
        state.type(">> r")
        try Golden.check(state, "replay-120x40")
    }

    @Test func allQuiet() throws {
        let lines = Scenario.lines.filter { $0.source == Scenario.planner[2] }.filter {
            if case .delta(let delta) = $0.message {
                delta.strategy == "geo/other"
            } else {
                if case .breaker = $0.message { false } else { true }
            }
        }
        let state = Scenario.state(width: 80, height: 24, mayControl: false, lines: lines)
        try Golden.check(state, "quiet-80x24")
    }
}
