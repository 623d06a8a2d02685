import Fleet
import ResilienceWire
import Screen
import TestSupport
import Testing

@testable import Dashboard

/// Tests of the figures of a strategy's layers, and of the problems found in them.
@Suite struct FacetTests {
    /// A strategy with all layers, whose bulkhead is full.
    private var state: State {
        var counters = Counters()
        counters.ok = 20
        counters.attempts = 20
        counters.bulkhead = BulkheadCounters(active: 4, queued: 2, rejected: 7)
        counters.hedge = HedgeCounters(launched: 5, won: 2)
        counters.fallback = FallbackCounters(used: 3, cached: 1, oldestAgeMS: 61_000)
        counters.budget = BudgetCounters(remaining: 0.02, denied: 9)
        counters.idempotency = IdempotencyCounters(executed: 12, shared: 3, replayed: 4)
        counters.batch = BatchCounters(items: 40, failed: 6, partial: 2)
        counters.stream = StreamCounters(firstByte: [LatencyCount(bucket: 320, count: 1)])
        return state(counters)
    }

    private func state(_ counters: Counters) -> State {
        let id = Scenario.id("planner", "9f3a")
        let declaration = StrategyDeclaration(
            strategy: "pay", kind: "retry+bulkhead",
            limits: [
                LimitReading(name: "max_attempts", value: 2, by: .operator, pinned: true),
                LimitReading(name: "max_concurrent", value: 4),
                LimitReading(name: "queue_size", value: 2),
            ])
        let change = LimitChange(
            strategy: "pay", name: "max_attempts", was: 5, value: 2, by: .operator, pinned: true,
            why: "set by operator")
        let delta = Delta(strategy: "pay", sequence: 1, spanMS: 500, counters: counters)
        let up = AgentUp(pid: 1, client: "test", intervalMS: 500)
        let messages: [StreamMessage] = [
            .agentUp(up), .strategy(declaration), .limit(change), .delta(delta),
        ]
        let lines = messages.map { Line(at: Scenario.now - 1_000, source: id, $0) }
        return Scenario.state(lines: lines)
    }

    @Test func detailShowsEveryFacet() {
        var state = state
        _ = update(&state, .key(.enter))
        let screen = render(state, glyphs: .unicode).text.joined(separator: "\n")
        #expect(screen.contains("bulkhead 4 active, 2 queued, 7 rejected in 5m"))
        #expect(screen.contains("hedges   5 launched, 2 won in 5m"))
        #expect(screen.contains("fallback 3 used, 1 from cache (to 1m01s old) in 5m"))
        #expect(screen.contains("keys     12 run, 3 shared, 4 replayed in 5m"))
        #expect(screen.contains("batches  2 partial, 6 of 40 items failed in 5m"))
        #expect(screen.contains("budget   2% left, 9 retries denied in 5m"))
        #expect(screen.contains("stream   first byte p50 1.1s, p95 1.1s in 5m"))
    }

    @Test(arguments: FacetFields.changes)
    func detailShowsEveryFieldOfAFacet(_ change: FacetFields.Change) throws {
        func figures(_ facets: CounterFacets) throws -> [[Span]] {
            var counters = Counters()
            counters.facets = facets
            let state = state(counters)
            return DetailText(try #require(state.selectedRow), in: state, glyphs: .unicode).facets
        }
        #expect(try figures(change.after) != figures(FacetFields.before))
    }

    @Test func detailShowsTheReasonOfALimitChange() {
        var state = state
        _ = update(&state, .key(.enter))
        let screen = render(state, glyphs: .unicode).text.joined(separator: "\n")
        #expect(screen.contains("max_attempts 2 by operator, pinned: set by operator"))
    }

    @Test func problemsAreInTheAttentionStrip() {
        let kinds = state.attention.problems.map(\.kind)
        #expect(kinds.contains(.exhausted(remaining: 0.02)))
        #expect(kinds.contains(.full(queued: 2)))
        #expect(kinds.contains(.pinned(limit: "max_attempts", value: 2)))
    }
}
