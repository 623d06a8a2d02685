import Fleet
import ResilienceWire
import Screen
import TestSupport
import Testing

@testable import Dashboard

@Suite struct DetailTests {
    private func detail(_ agent: String, _ strategy: String, lines: [Line] = []) -> [String] {
        var state = Scenario.state(lines: Scenario.lines + lines)
        state.select(agent, strategy)
        state.type(":detail")
        state.press(keys: .enter)
        return state.screen
    }

    private func window(_ calls: [(ago: Int64, bucket: Int, count: Int)]) -> [StrategyInstance] {
        var fleet = Fleet()
        let id = Scenario.auth
        let up = AgentUp(pid: 1, client: "x", intervalMS: 500)
        fleet.apply(Line(at: Scenario.now - 300_000, source: id, .agentUp(up)))
        for (index, call) in calls.enumerated() {
            var counters = Counters()
            counters.ok = call.count
            counters.latency = [LatencyCount(bucket: call.bucket, count: call.count)]
            let delta = Delta(strategy: "s", sequence: index + 1, spanMS: 500, counters: counters)
            fleet.apply(Line(at: Scenario.now - call.ago, source: id, .delta(delta)))
        }
        return RowBook(fleet, at: Scenario.now).rows.flatMap(\.members)
    }

    @Test func heatmapCountsCallsByTimeAndLatency() {
        let members = window([(295_000, 100, 3), (0, 100, 7), (0, 108, 2)])
        let map = Heatmap(members, columns: 30, at: Scenario.now)
        #expect(map.most == 7)
        #expect(map.bands.count == 3)
        #expect(map.bands[0].counts == [Int](repeating: 0, count: 29) + [2])
        #expect(map.bands[1].counts.allSatisfy { $0 == 0 })
        #expect(map.bands[2].counts == [3] + [Int](repeating: 0, count: 28) + [7])
        #expect(map.bands[2].upperBound == LatencyBucket.upperBound(103))
    }

    @Test func bandsGetWiderSoThatTheyFit() {
        let map = Heatmap(window([(0, 0, 1), (0, 575, 1)]), columns: 60, at: Scenario.now)
        #expect(map.bands.count <= Heatmap.bandLimit)
        #expect(map.bands.first?.upperBound == LatencyBucket.upperBound(575))
        #expect(Heatmap([], columns: 60, at: Scenario.now).bands.isEmpty)
    }

    @Test func heatmapStatesItsScale() {
        let screen = detail("router", "llm/openai").joined(separator: "\n")
        #expect(screen.contains("Latency 5m a column is 5s; ▁ 1 call to █ 88"))
        #expect(screen.contains("5m ago"))
    }

    @Test func trendStatesItsScale() {
        #expect(Scenario.state().screen[3].contains(" 5m 0-100%"))
        #expect(Scenario.state(width: 200).screen[3].contains("TREND 5m 0-100%"))
    }

    @Test func standingOrdersSayWhoAndHowLong() {
        let screen = detail("planner", "geo/maps").joined(separator: "\n")
        #expect(
            screen.contains(
                "standing order: open for planner:geo/maps, 14m left, by ops: vendor down"))
    }

    @Test func exceptionFromAStandingOrderIsShown() {
        let exception = StandingOrder(
            id: "c2", address: "planner@9f3a0000:geo/maps", order: .reset, who: "eve")
        let screen = detail(
            "planner", "geo/maps", lines: [Line(at: Scenario.now, .standing(exception))]
        ).joined(separator: "\n")
        #expect(
            screen.contains(
                "standing order: planner@9f3a0000:geo/maps excepted, until it is removed, by eve"))
    }

    @Test func breakerStatesAreDrawnOverTime() throws {
        let state = Scenario.state()
        let row = try #require(state.table.rows.first { $0.id.strategy == "llm/openai" })
        let history = try #require(
            BreakerHistory(
                row, in: state.stream.fleet, columns: 10, span: 300_000, at: Scenario.now))
        #expect(
            history.states == [
                .closed, .closed, .closed, .closed, .closed, .closed, .open, .open, .open,
                .halfOpen,
            ])
    }

    @Test func unknownPeriodHasNoState() throws {
        let id = Scenario.id("new", "aaaa")
        let declaration = StrategyDeclaration(
            strategy: "s", kind: "breaker",
            breaker: BreakerReading(state: .closed, version: 1, sinceMS: 60_000))
        let up = AgentUp(pid: 1, client: "x", intervalMS: 500)
        let state = Scenario.state(lines: [
            Line(at: Scenario.now, source: id, .agentUp(up)),
            Line(at: Scenario.now, source: id, .strategy(declaration)),
        ])
        let row = try #require(state.table.rows.first)
        let history = try #require(
            BreakerHistory(row, in: state.stream.fleet, columns: 5, span: 300_000, at: Scenario.now)
        )
        #expect(history.states == [nil, nil, nil, nil, .closed])
    }

    @Test func manyTransitionsDoNotPushTheFiguresAway() {
        let changes = (20..<40).map { version in
            Line(
                at: Scenario.now, source: Scenario.router,
                .breaker(
                    BreakerChange(
                        strategy: "llm/openai", version: version, from: .closed, to: .open,
                        by: .policy)))
        }
        let screen = detail("router", "llm/openai", lines: changes)
        #expect(screen.contains { $0.contains("17 more at the end") })
        #expect(screen.contains { $0.contains("Figures") })
    }

    @Test func historyShowsTheWorstStateOfInstances() throws {
        let state = Scenario.state()
        let row = try #require(state.table.rows.first { $0.id.strategy == "pay/stripe" })
        let history = try #require(
            BreakerHistory(
                row, in: state.stream.fleet, columns: 10, span: 300_000, at: Scenario.now))
        #expect(history.states.suffix(2) == [.open, .open])
        #expect(history.states.first == .closed)
    }

    @Test func firstRunbookThatMatchesTheWholeRowIsShown() {
        let counter = Counter()
        var state = State(
            mode: .live, host: "h", mayControl: true,
            runbooks: [
                Runbook(match: AddressPattern("*:pay/*"), url: "https://wiki.corp/pay"),
                Runbook(match: AddressPattern("planner"), url: "https://wiki.corp/planner"),
            ], makeID: { counter.next() })
        for event in [
            Event.resized(width: 120, height: 40), .lines(Scenario.lines),
            .tick(at: Scenario.now),
        ] {
            _ = update(&state, event)
        }
        func shows(_ url: String) -> Bool {
            state.screen.contains { $0.contains("runbook \(url)") }
        }
        state.select("planner", "pay/stripe")
        #expect(shows("https://wiki.corp/pay"))
        state.select("planner", "geo/maps")
        #expect(shows("https://wiki.corp/planner"))
        state.select("auth", "auth/ldap")
        #expect(!shows(""))
        state.type("bbb")
        state.table.selection = .group(.agent("planner"))
        #expect(shows("https://wiki.corp/planner"))
    }
}
