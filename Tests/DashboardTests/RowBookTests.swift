import Fleet
import ResilienceWire
import Screen
import TestSupport
import Testing

@testable import Dashboard

/// Rows that are updated in parts are those of an update of all rows.
@Suite struct RowBookTests {
    /// Random events of a few agents with a few instances and strategies each.
    struct Events {
        var random: SplitMix64
        var at = Scenario.now

        mutating func next() -> Line {
            at += Int64(random.next() % 2_000)
            let agent = "agent\(random.next() % 5)"
            let id = Scenario.id(agent, "\(random.next() % 3)a")
            let name = "s\(random.next() % 4)"
            let message: StreamMessage =
                switch random.next() % 8 {
                case 0: .agentUp(AgentUp(pid: 1, client: "x", intervalMS: 500))
                case 1: .agentGone(why: random.next() % 2 == 0 ? "said bye" : "lost")
                case 2: .agentStale
                case 3, 4:
                    .strategy(
                        StrategyDeclaration(
                            strategy: name, kind: "breaker",
                            breaker: BreakerReading(state: .closed, version: 0)))
                case 5:
                    .breaker(
                        BreakerChange(
                            strategy: name, version: Int(at % 1_000_000), from: .closed,
                            to: random.next() % 2 == 0 ? .open : .closed, by: .policy, why: "x"))
                default:
                    .delta(
                        Delta(
                            strategy: name, sequence: Int(at % 1_000_000), spanMS: 500,
                            counters: Scenario.counters(
                                ok: Int(random.next() % 9), failed: Int(random.next() % 3),
                                retries: [1], bucket: 200)))
                }
            return Line(at: at, source: id, message)
        }
    }

    private func look(_ book: RowBook) -> [String] {
        zip(book.rows, book.marks).map { row, mark in
            "\(row.id) x\(row.members.count) \(row.minute) \(String(describing: row.state)) "
                + "\(mark.risk) \(mark.hasProblem)"
        }
    }

    @Test(arguments: 0..<20) func partsOfTheRowsAddUpToAllRows(seed: UInt64) {
        var events = Events(random: SplitMix64(seed: seed))
        var fleet = Fleet()
        var book = RowBook()
        for round in 0..<40 {
            var changed: Set<InstanceID> = []
            for _ in 0..<1 + round % 10 {
                let line = events.next()
                fleet.apply(line)
                if let source = line.source { changed.insert(source) }
            }
            book.update(changed, fleet, at: events.at)
            // Instances that are forgotten leave the book with the next update of their agents.
            while !book.updateNext(3, fleet, at: events.at).isOver {}
            #expect(look(book) == look(RowBook(fleet, at: events.at)))
            #expect(book.rows.map(\.id) == book.rows.map(\.id).sorted())
            for (place, row) in book.rows.enumerated() { #expect(book.place(of: row.id) == place) }
        }
    }

    @Test(arguments: 0..<10) func placesAreSortedAsTheRowsThemselves(seed: UInt64) {
        var events = Events(random: SplitMix64(seed: seed))
        var fleet = Fleet()
        for _ in 0..<300 { fleet.apply(events.next()) }
        let book = RowBook(fleet, at: events.at)
        for key in Sort.Key.allCases {
            for isReversed in [false, true] {
                let sort = Sort(key: key, isReversed: isReversed)
                #expect(
                    sort.sorted(Array(book.rows.indices), of: book).map { book.rows[$0].id }
                        == sort.sorted(book.rows).map(\.id))
            }
        }
    }

    @Test func rowsKeepTheirPlacesUntilOneIsAddedOrRemoved() {
        var fleet = Fleet()
        func declare(_ agent: String, _ name: String) {
            let id = Scenario.id(agent, "1a")
            if fleet.agents[id] == nil {
                fleet.apply(
                    Line(
                        at: 1, source: id, .agentUp(AgentUp(pid: 1, client: "x", intervalMS: 500))))
            }
            fleet.apply(
                Line(
                    at: 1, source: id, .strategy(StrategyDeclaration(strategy: name, kind: "retry"))
                )
            )
        }
        declare("b", "s1")
        declare("b", "s2")
        var book = RowBook(fleet, at: 1)
        let generation = book.generation
        book.update([Scenario.id("b", "1a")], fleet, at: 2)
        #expect(book.generation == generation)
        declare("a", "s1")
        book.update([Scenario.id("a", "1a")], fleet, at: 3)
        #expect(book.generation != generation)
        #expect(book.rows.map(\.name) == ["a:s1", "b:s1", "b:s2"])
        #expect(book.owners(of: "s1") == 2)
    }
}

extension RowBookTests {
    /// A dashboard with more strategies than fit on the screen, sorted by name, and a line with `count`
    /// calls of each.
    private static func state(count: Int) -> (State, [Line]) {
        let ids = (10..<50).map { Scenario.id("agent\($0)", "\($0)") }
        let up = AgentUp(pid: 1, client: "x", intervalMS: 500)
        let declaration = StrategyDeclaration(strategy: "pay", kind: "retry")
        var state = Scenario.state(
            lines: ids.flatMap { id in
                [
                    Line(at: Scenario.now, source: id, .agentUp(up)),
                    Line(at: Scenario.now, source: id, .strategy(declaration)),
                ]
            })
        state.type("s")
        let counters = Scenario.counters(ok: count, failed: 0, retries: [count], bucket: 200)
        return (state, ids.map { Scenario.delta($0, "pay", Scenario.now, counters) })
    }

    @Test func clockUpdatesTheRowsOnScreenAndMoreRowsTheOthers() {
        var (state, deltas) = Self.state(count: 7)
        _ = update(&state, .lines(deltas))
        #expect(state.table.rows.allSatisfy { $0.minute.ok == 0 })
        _ = update(&state, .clock(at: Scenario.now))
        let onScreen = Table.visibleRows(height: Panes(state).table.height)
        #expect(state.table.rows.map(\.minute.ok) == (0..<40).map { $0 < onScreen ? 7 : 0 })
        while !update(&state, .moreRows).contains(.draw) {}
        #expect(state.table.rows.allSatisfy { $0.minute.ok == 7 })
    }

    @Test(arguments: Sort.Key.allCases) func tableShowsTheUpdatedPartInItsPresentOrder(
        key: Sort.Key
    ) {
        var (state, deltas) = Self.state(count: 7)
        state.table.sort = Sort(key: key, isReversed: true)
        state.rearrange()
        let order = state.table.rows.map(\.id)
        _ = update(&state, .lines(deltas))
        let (places, isOver) = state.book.updateNext(10, state.shownFleet, at: Scenario.now)
        #expect(places == 0..<10)
        #expect(!isOver)
        state.table.renew(places: places, from: state.book)
        #expect(state.table.rows.map(\.id) == order)
        #expect(
            Set(state.table.rows.filter { $0.minute.ok == 7 }.map(\.id))
                == Set(state.book.rows[places].map(\.id)))
    }

    @Test func moreRowsChangesNothingInAPausedView() {
        var (state, deltas) = Self.state(count: 7)
        state.type(" ")
        _ = update(&state, .lines(deltas))
        #expect(update(&state, .moreRows).isEmpty)
        #expect(state.table.rows.allSatisfy { $0.minute.ok == 0 })
    }

    @Test func anEventOfOneAgentIsShownAtOnceAndLeavesTheFiguresOfOthers() {
        var (state, deltas) = Self.state(count: 7)
        _ = update(&state, .lines(deltas))
        let id = Scenario.id("agent30", "30")
        let change = BreakerChange(
            strategy: "pay", version: 1, from: .closed, to: .open, by: .policy, why: "5 failures")
        let effects = update(
            &state, .lines([Line(at: Scenario.now, source: id, .breaker(change))]))
        #expect(effects.contains(.draw))
        #expect(state.table.rows.filter { $0.state == .open }.map(\.id.agent) == ["agent30"])
        #expect(state.attention.problems.map(\.row?.agent) == ["agent30"])
        #expect(state.table.rows.filter { $0.minute.ok == 7 }.map(\.id.agent) == ["agent30"])
    }
}
