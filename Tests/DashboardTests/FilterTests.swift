import Fleet
import ResilienceWire
import TestSupport
import Testing

@testable import Dashboard

@Suite struct FilterTests {
    static let names = [
        "Planner", "PLAN", "plan", "pl", "näher", "NÄHER", "aplanz", "K\u{212A}", "x",
    ]

    /// The fast search in ASCII text finds what the search in Unicode text finds.
    @Test(arguments: names, ["plan", "LAN", "näher", "z", "k", "planners"])
    func wordIsFoundInUpperAndLowerCase(name: String, word: String) throws {
        var fleet = Fleet()
        let id = Scenario.id(name, "1a")
        fleet.apply(
            Line(at: 1, source: id, .agentUp(AgentUp(pid: 1, client: "x", intervalMS: 500))))
        fleet.apply(
            Line(at: 1, source: id, .strategy(StrategyDeclaration(strategy: "-", kind: "retry"))))
        let row = try #require(RowBook(fleet, at: 1).rows.first)
        #expect(
            Filter(word).matches(row) == name.lowercased().contains(word.lowercased()))
    }
}
