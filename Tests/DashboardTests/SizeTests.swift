import Foundation
import ResilienceWire
import Screen
import TestSupport
import Testing

@testable import Dashboard

/// Tests that no screen size crashes, and that nothing is drawn over anything else.
@Suite struct SizeTests {
    enum View: CaseIterable {
        case main, unfolded, detail, open, reset, limits, limit, targets, agent, errors, command,
            transition, help,
            filter, lost,
            empty, hostile, replay
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
        case .replay:
            state = SeekingTests.state()
            state.type("(")
        case .lost: _ = update(&state, .disconnected(why: "closed"))
        case .hostile:
            let id = InstanceID(agent: "漢字エージェント\u{0301}", instance: InstanceDigits(first: "ffff"))
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

    /// The sampling stride: each view is drawn at one of 60 sizes, different for each view, and at
    /// all sizes around the minimum. `make sizes` draws all sizes.
    private static let stride = ProcessInfo.processInfo.environment["FUSEBOX_SOAK"] == nil ? 60 : 1

    private func sizes(_ view: View) -> [(width: Int, height: Int)] {
        let index = View.allCases.firstIndex(of: view) ?? 0
        return (1...80).flatMap { height in
            (1...250).filter { width in
                // 7 shares no factor with the stride, so that all widths meet all heights.
                (width + 7 * height + 3 * index) % Self.stride == 0
                    || (38...42) ~= width && (8...12) ~= height
                    || [(1, 1), (250, 80), (80, 24), (40, 80), (250, 10)].contains {
                        $0 == (width, height)
                    }
            }.map { (width: $0, height: height) }
        }
    }

    @Test(arguments: View.allCases)
    func everySizeIsDrawn(view: View) {
        var state = state(view)
        for (width, height) in sizes(view) {
            _ = update(&state, .resized(width: width, height: height))
            let grid = render(state, glyphs: .unicode)
            #expect(grid.width == width && grid.height == height)
            guard width >= 40, height >= 10 else { continue }
            isFramed(grid, view)
            switch state.navigation.overlay {
            case .dialog: isBoxed(grid, view, holding: "Cancel")
            case .limits: isBoxed(grid, view, holding: "cancel")
            case .help: isBoxed(grid, view, holding: ":")
            case .none, .filter, .command: break
            }
        }
    }

    /// Checks that the right border is in every row of the frame, so that nothing overwrote it.
    private func isFramed(_ grid: Grid, _ view: View) {
        let signs: Set<Character> = ["│", "┐", "┘", "┤"]
        // Below the seek bar, if there is one.
        for y in (view == .replay ? 3 : 2)..<grid.height {
            let last = grid.cell(x: grid.width - 1, y: y)?.character ?? " "
            if !signs.contains(last) {
                Issue.record("\(view) \(grid.width)x\(grid.height) row \(y): '\(last)'")
                return
            }
        }
    }

    /// Checks that the box over the page has a complete border and its most important content.
    private func isBoxed(_ grid: Grid, _ view: View, holding text: String) {
        func sign(_ x: Int, _ y: Int) -> Character? {
            guard let cell = grid.cell(x: x, y: y), cell.style.role == .focus else { return nil }
            return cell.character
        }
        let cells = (0..<grid.height).flatMap { y in (0..<grid.width).map { (x: $0, y: y) } }
        guard let top = cells.first(where: { sign($0.x, $0.y) == "┌" }),
            let right = (top.x..<grid.width).first(where: { sign($0, top.y) == "┐" }),
            let bottom = (top.y..<grid.height).first(where: { sign(top.x, $0) == "└" })
        else {
            Issue.record("\(view) \(grid.width)x\(grid.height): no box")
            return
        }
        let sides = (top.y + 1..<bottom).allSatisfy { y in
            sign(top.x, y) == "│" && sign(right, y) == "│"
        }
        let base = (top.x + 1..<right).allSatisfy { sign($0, bottom) == "─" }
        let lines = (top.y...bottom).map { y in
            String((top.x...right).compactMap { grid.cell(x: $0, y: y)?.character })
        }
        #expect(
            sides && base && sign(right, bottom) == "┘" && lines.contains { $0.contains(text) },
            "\(view) \(grid.width)x\(grid.height):\n\(lines.joined(separator: "\n"))")
    }

    /// Enough instances to make their sums exceed the maximum.
    @Test func extremesOfManyInstancesAreDrawn() {
        let most = Int(WireLimits.count)
        var state = Scenario.state(lines: [])
        var counters = Scenario.counters(ok: most, failed: most, rejected: most, retries: [most])
        (counters.inFlight, counters.waiting, counters.oldestMS) = (most, most, .max >> 10)
        let lines = (0..<1_100).flatMap { index -> [Line] in
            let digits = InstanceDigits(first: String(index + 1_000))
            let id = InstanceID(agent: "many", instance: digits)
            let up = AgentUp(pid: 1, client: "", intervalMS: 1, lost: most)
            let declaration = StrategyDeclaration(strategy: "s", kind: "retry")
            return [
                Line(at: Scenario.now, source: id, .agentUp(up)),
                Line(at: Scenario.now, source: id, .strategy(declaration)),
                Scenario.delta(id, "s", Scenario.now, counters),
            ]
        }
        _ = update(&state, .lines(lines))
        for keys in ["", "bbb", "e", "b"] {
            state.type(keys)
            _ = update(&state, .tick(at: Scenario.now + 4_000))
            #expect(!render(state, glyphs: .unicode).text.isEmpty)
        }
        state.press(keys: .home, .enter, .enter)
        #expect(!render(state, glyphs: .unicode).text.isEmpty)
    }

    @Test func longestRecordingIsDrawnOnTheWidestScreen() {
        var state = SeekingTests.state(width: 1_200)
        _ = update(&state, .timeline(Timeline(1...WireLimits.count, Scenario.lines)))
        _ = update(&state, .tick(at: WireLimits.count))
        #expect(render(state, glyphs: .unicode).width == 1_200)
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
