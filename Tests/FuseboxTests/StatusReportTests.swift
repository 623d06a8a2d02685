import DashboardApp
import Fleet
import Foundation
import ResilienceWire
import TestSupport
import Testing

@testable import fusebox

/// What `status --json` says of a breaker that opens and closes all the time.
@Suite struct StatusReportTests {
    private let id = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "a"))

    private func breaker(openings: Int) throws -> [String: Any] {
        var fleet = Fleet()
        let start: Int64 = 1_790_000_000_000
        fleet.apply(.agentUp(AgentUp(pid: 1, client: "", intervalMS: 500)), from: id, at: start)
        fleet.apply(
            .strategy(
                StrategyDeclaration(
                    strategy: "pay", kind: "breaker",
                    breaker: BreakerReading(state: .closed, version: 0))), from: id, at: start)
        for number in 0..<openings {
            let at = start + Int64(number) * 10_000
            for (step, state) in [BreakerState.open, .closed].enumerated() {
                fleet.apply(
                    .breaker(
                        BreakerChange(
                            strategy: "pay", version: 2 * number + step + 1,
                            from: state == .open ? .closed : .open, to: state, by: .policy)),
                    from: id, at: at + Int64(step) * 3_000)
            }
        }
        let text = try JSONText.line(StatusReport(fleet))
        let report = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        let agent = try #require((report?["agents"] as? [[String: Any]])?.first)
        let strategy = try #require((agent["strategies"] as? [[String: Any]])?.first)
        return try #require(strategy["breaker"] as? [String: Any])
    }

    @Test func flappingBreakerIsReportedWithItsOpeningsAndDuration() throws {
        let flapping = try #require(try breaker(openings: 5)["flapping"] as? [String: Any])
        #expect(flapping["openings"] as? Int == 5)
        #expect(flapping["open_share"] as? Double == 0.05)
        #expect(flapping["since_ms"] as? Int == 23_000)
    }

    @Test func oneThatOpenedTwiceIsNot() throws {
        #expect(try breaker(openings: 2)["flapping"] == nil)
    }
}
