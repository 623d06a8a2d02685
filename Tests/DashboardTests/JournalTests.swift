import ResilienceWire
import Screen
import TestSupport
import Testing

@testable import Dashboard

@Suite struct JournalTests {
    /// The night, with a command and many transitions after it.
    private func screen(at time: Int64) -> String {
        let command = StreamCommand(id: "c", address: "auth:auth/ldap", order: .reset, who: "ops")
        let acked = CommandStatus(id: "c", instance: Scenario.auth, status: .acked, tookMS: 12)
        var state = Scenario.state()
        var lines = [
            Line(at: Scenario.now, .command(command)),
            Line(at: Scenario.now, .commandStatus(acked)),
        ]
        for version in 100..<130 {
            let change = BreakerChange(
                strategy: "llm/openai", version: version, from: .closed, to: .open, by: .policy)
            lines.append(Line(at: Scenario.now + 1, source: Scenario.router, .breaker(change)))
        }
        _ = update(&state, .lines(lines))
        _ = update(&state, .tick(at: time))
        return render(state, glyphs: .unicode).text.joined(separator: "\n")
    }

    @Test func commandOutcomeStaysVisibleAmongManyEvents() {
        #expect(screen(at: Scenario.now + 5_000).contains("ops reset auth:auth/ldap -> acked"))
    }

    @Test func commandOutcomeLeavesTheViewAfterSeconds() {
        #expect(!screen(at: Scenario.now + 20_000).contains("ops reset auth:auth/ldap"))
    }
}
