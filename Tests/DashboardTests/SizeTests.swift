import ResilienceWire
import Screen
import Testing

@testable import Dashboard

/// No size may crash, and nothing may be drawn over something else.
@Suite struct SizeTests {
    enum View: CaseIterable {
        case main, unfolded, detail, open, reset, limits, limit, targets, agent, errors, command,
            transition, help,
            filter, lost,
            empty, hostile
    }

    private func state(_ view: View) -> State {
        var state = Scenario.state(lines: view == .empty ? [] : Scenario.lines)
        switch view {
        case .main, .empty: break
        case .unfolded: state.press(keys: .enter)
        case .detail:
            state.select("router", "llm/openai")
            state.press(keys: .enter)
        case .open: state.type("o")
        case .reset:
            state.type("r")
            state.press(keys: .tab, .enter)
        case .limits: state.type("m")
        case .limit:
            state.type("m")
            state.press(keys: .enter, .tab, .enter)
        case .targets: state.type("bbl")
        case .agent:
            state.type("bbb")
            state.press(keys: .enter)
        case .errors: state.type("e")
        case .command: state.type(":p")
        case .transition: state.type("((")
        case .help: state.type("?")
        case .filter: state.type("/state:open and a filter that is longer than the screen")
        case .lost: _ = update(&state, .disconnected(why: "closed"))
        case .hostile:
            let id = InstanceID(agent: "漢字エージェント\u{0301}", instance: "ffff")
            let declaration = StrategyDeclaration(
                strategy: String(repeating: "長い", count: 40), kind: "retry",
                limits: [LimitReading(name: "max_attempts", value: .infinity, max: .nan)])
            let up = AgentUp(pid: 1, client: "", intervalMS: 1)
            var counters = Scenario.counters(ok: 1 << 50, failed: 1 << 50, retries: [1 << 50])
            counters.oldestMS = .max
            counters.inFlight = 1
            _ = update(
                &state,
                .lines([
                    Line(at: Scenario.now, source: id, .agentUp(up)),
                    Line(at: Scenario.now, source: id, .strategy(declaration)),
                    Scenario.delta(id, declaration.strategy, Scenario.now, counters),
                ]))
            _ = update(&state, .tick(at: Scenario.now + 4_000))
            state.press(keys: .end)
        }
        return state
    }

    @Test(arguments: View.allCases)
    func everySizeIsDrawn(view: View) {
        var state = state(view)
        for height in [1, 9, 10, 16, 20, 30, 80] {
            for width in 1...250 where view == .main || width % 9 == 0 || (39..<42) ~= width {
                _ = update(&state, .resized(width: width, height: height))
                let grid = render(state, glyphs: .unicode)
                #expect(grid.width == width && grid.height == height)
                guard width >= 40, height >= 10 else { continue }
                isFramed(grid, view)
            }
        }
    }

    /// The right border stands in every row of the frame: nothing ran over it.
    private func isFramed(_ grid: Grid, _ view: View) {
        let signs: Set<Character> = ["│", "┐", "┘", "┤"]
        for y in 2..<grid.height {
            let last = grid.cell(x: grid.width - 1, y: y)?.character ?? " "
            if !signs.contains(last) {
                Issue.record("\(view) \(grid.width)x\(grid.height) row \(y): '\(last)'")
                return
            }
        }
    }

    @Test func moving() {
        var state = state(.detail)
        for key in KeyTable.bindings.flatMap(\.keys) {
            for (width, height) in [(0, 0), (40, 10), (80, 24)] {
                _ = update(&state, .resized(width: width, height: height))
                state.press(keys: key)
                _ = render(state, glyphs: .ascii)
            }
        }
    }
}
