import Fleet
import ResilienceWire
import Screen
import TestSupport
import Testing

@testable import Dashboard

/// Tests that a row has the same address everywhere an operator reads, copies or types it, and that
/// the address matches exactly the row's instances.
@Suite struct RowAddressTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let instances: [String]
        /// The selected unfolded instance; `nil` for the row of all instances.
        var unfolded: Int?
        let address: String

        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "a single instance", instances: ["9f3a"], address: "planner:pay/stripe"),
        Case(name: "replicas", instances: ["9f3a", "b04c"], address: "planner:pay/stripe"),
        Case(
            name: "one of several replicas", instances: ["9f3a", "b04c"], unfolded: 0,
            address: "planner@9f3a0000:pay/stripe"),
        Case(
            name: "a replica that begins as another does", instances: ["9f3a000012", "9f3a000034"],
            unfolded: 1, address: "planner@9f3a00003:pay/stripe"),
        Case(
            name: "a replica that differs in the last digit alone",
            instances: [
                "9f3a0000000000000000000000000001", "9f3a0000000000000000000000000002",
            ],
            unfolded: 0, address: "planner@9f3a0000000000000000000000000001:pay/stripe"),
    ]

    private func state(_ one: Case) throws -> State {
        let agents = one.instances.map {
            InstanceID(agent: "planner", instance: InstanceDigits(first: $0))
        }
        // An instance of another agent shares the prefix but does not belong to the row.
        let other = InstanceID(
            agent: "other",
            instance: InstanceDigits(first: String(one.instances[0].prefix(10)) + "7"))
        let lines = (agents + [other]).flatMap { id -> [Line] in
            let breaker = BreakerReading(state: .closed, version: 3)
            let limit = LimitReading(
                name: "max_attempts", value: 3, min: 1, max: 5, unit: "attempts")
            return [
                Line(
                    at: Scenario.now - 9_000, source: id,
                    .agentUp(AgentUp(pid: 1, client: "swift/1", intervalMS: 500))),
                Line(
                    at: Scenario.now - 9_000, source: id,
                    .strategy(
                        StrategyDeclaration(
                            strategy: "pay/stripe", kind: "retry+breaker", can: Scenario.can,
                            breaker: breaker, limits: [limit]))),
                Scenario.change(
                    id, "pay/stripe", ago: 4_000, .closed, .open, "5 consecutive failures"),
            ]
        }
        var state = Scenario.state(width: 160, lines: lines)
        state.select("planner", "pay/stripe")
        if let index = one.unfolded {
            state.press(keys: .enter)
            for _ in 0...index { state.press(keys: .down) }
        }
        return state
    }

    private func instances(_ one: Case) -> [InstanceID] {
        let chosen = one.unfolded.map { [one.instances[$0]] } ?? one.instances
        return chosen.map { InstanceID(agent: "planner", instance: InstanceDigits(first: $0)) }
    }

    @Test(arguments: cases) func addressMatchesExactlyTheRowsInstances(_ one: Case) throws {
        let state = try state(one)
        let row = try #require(state.selectedRow)
        #expect(row.members.map(\.id) == instances(one))
        #expect(state.shownFleet.resolve(try Address(one.address)) == .found(instances(one)))
    }

    @Test(arguments: cases) func everyPlaceShowsTheSameAddress(_ one: Case) throws {
        let first = try state(one)
        let row = try #require(first.selectedRow)
        #expect(row.name == one.address)

        var copied = first
        #expect(copied.type("y") == [.copy(one.address)])

        var markdown = first
        guard case .copy(let text)? = markdown.type("Y").first else {
            Issue.record("nothing was copied")
            return
        }
        #expect(text.hasPrefix("`\(one.address)`"))

        let detail = DetailText(row, in: first, glyphs: .unicode)
        #expect(detail.name.split(separator: " ").first.map(String.init) == one.address)

        for key in ["o", "r"] {
            var asked = first
            asked.type(key)
            guard case .dialog(let dialog) = asked.navigation.overlay else {
                Issue.record("no dialog: \(asked.notice?.text ?? "")")
                return
            }
            #expect(dialog.address == one.address)
        }
    }

    /// Every text about one instance names it as the address of its row does.
    @Test(arguments: cases) func everyPlaceNamesAnInstanceTheSameWay(_ one: Case) throws {
        var state = try state(one)
        let fleet = state.shownFleet
        for id in instances(one) {
            let name = fleet.name(of: id)
            #expect(fleet.resolve(Address(lenient: "\(name):pay/stripe")) == .found([id]))

            let journal = state.journal.entries.map(\.text)
            #expect(journal.contains { $0.hasPrefix("\(name):pay/stripe ") })
            let change = try #require(fleet.journal.first { $0.source == id && $0.isTransition })
            #expect(EventText.line(change, in: fleet)?.contains(" \(name):pay/stripe ") == true)

            let digits = fleet.digits(of: id)
            let row = try #require(
                Rows.row(
                    .instance(
                        RowID.Name(agent: "planner", strategy: "pay/stripe"), id.instance, in: nil),
                    in: state.book, fleet, at: state.shownNow))
            #expect(RowLabel(row, .unicode, isUnfolded: false).first.contains("@\(digits)"))

            let failed = CommandStatus(id: "c", instance: id, status: .refused, detail: "no")
            let done = CommandStatus(id: "c", instance: Scenario.router, status: .acked)
            #expect(Outcome([failed, done], in: fleet).text.contains("refused @\(digits): no"))
        }
        // The attention strip, when one of several instances is silent.
        guard one.instances.count > 1, let id = instances(one).first else { return }
        _ = update(&state, .lines([Line(at: Scenario.now, source: id, .agentStale)]))
        let names = state.attention.problems.map(\.name)
        #expect(names.contains(fleet.name(of: id)))
    }

    /// A subset of the replicas has an address only if it is a single instance.
    @Test func rowWithoutAnExactAddressIsNotCopied() throws {
        var state = Scenario.state(lines: [])
        for (digits, target) in [("1111", "a"), ("2222", "a"), ("3333", "b")] {
            let id = InstanceID(agent: "planner", instance: InstanceDigits(first: digits))
            let up = AgentUp(pid: 1, client: "swift/1", intervalMS: 500)
            let declaration = StrategyDeclaration(
                strategy: "pay", kind: "breaker", target: target, can: Scenario.can,
                breaker: BreakerReading(state: .closed, version: 0))
            _ = update(
                &state,
                .lines([
                    Line(at: Scenario.now, source: id, .agentUp(up)),
                    Line(at: Scenario.now, source: id, .strategy(declaration)),
                ]))
        }
        while state.table.grouping != .target { state.type("b") }
        _ = update(&state, .tick(at: Scenario.now + 1_000))
        for (target, copied) in [("a", nil), ("b", "planner@33330000:pay")] {
            state.table.selection = .group(.target(target))
            #expect(state.type("y") == (copied.map { [.copy($0)] } ?? []))
        }
        state.table.selection = .group(.target("a"))
        state.type("y")
        #expect(state.notice?.text.contains("planner:pay reaches 3 instances") == true)
    }
}

extension Line {
    fileprivate var isTransition: Bool {
        if case .breaker = message { true } else { false }
    }
}
