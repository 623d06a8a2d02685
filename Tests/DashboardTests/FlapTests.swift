import Fleet
import ResilienceWire
import Screen
import TestSupport
import Testing

@testable import Dashboard

/// Tests that a flapping breaker is never shown as a healthy closed one.
@Suite struct FlapTests {
    private let id = InstanceID(agent: "planner", instance: InstanceDigits(first: "9f3a"))

    private func change(_ version: Int, _ to: BreakerState, at time: Int64) -> Line {
        Line(
            at: time, source: id,
            .breaker(
                BreakerChange(
                    strategy: "pay", version: version, from: to == .open ? .closed : .open, to: to,
                    by: .policy)))
    }

    /// A breaker that opened and closed a number of times.
    private func state(openings: Int) -> State {
        let up = AgentUp(pid: 1, client: "", intervalMS: 500)
        let start = Scenario.now - 200_000
        let declaration = StrategyDeclaration(
            strategy: "pay", kind: "breaker", breaker: BreakerReading(state: .closed, version: 0))
        var lines = [
            Line(at: start, source: id, .agentUp(up)),
            Line(at: start, source: id, .strategy(declaration)),
        ]
        for number in 0..<openings {
            let at = start + Int64(number) * 10_000
            lines.append(change(2 * number + 1, .open, at: at))
            lines.append(change(2 * number + 2, .closed, at: at + 3_000))
        }
        return Scenario.state(lines: lines)
    }

    private func screen(_ state: State) -> [String] { render(state, glyphs: .unicode).text }

    @Test func flappingBreakerIsCountedInTheStripAndShownInItsRow() {
        let state = state(openings: 14)
        let lines = screen(state)
        #expect(lines[1].contains("1 FLAPPING │ ▲ pay flapping: opened 14 times in 5m, open 14%"))
        #expect(lines.contains { $0.contains("▲ FLAPPING 14x") && $0.contains("planner") })
        #expect(!lines.joined().contains("all quiet"))
    }

    @Test func twoOpeningsAreNotFlapping() {
        #expect(!screen(state(openings: 2)).joined().contains("FLAPPING"))
    }

    /// The row's risk and problem do not depend on the breaker's present state.
    @Test func flappingRowKeepsItsPosition() throws {
        var state = state(openings: 5)
        func kinds(_ state: State) -> [Attention.Problem.Kind] {
            state.attention.problems.map(\.kind)
        }
        let closed = try #require(state.table.rows.first)
        #expect(Risk(closed).level == .flapping)
        guard case .flapping? = kinds(state).first else {
            Issue.record("expected a flapping breaker: \(kinds(state))")
            return
        }
        _ = update(&state, .lines([change(99, .open, at: Scenario.now)]))
        let open = try #require(state.table.rows.first)
        #expect(Risk(open).level == .flapping)
        #expect(kinds(state).count == 1)
        #expect(state.attention.counts.isEmpty)
    }

    @Test func filterFindsFlappingRows() {
        var state = state(openings: 5)
        state.type("/state:flap")
        #expect(state.table.rows.count == 1)
        #expect(!screen(state).joined().contains("no state is called"))
    }
}
