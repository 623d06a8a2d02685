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

    private func report(_ fleet: Fleet) throws -> [String: Any] {
        var text = ""
        try StatusReport(fleet).forEachPiece { text += $0 }
        return try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test(arguments: [0, 1, 3]) func reportIsOneObjectForAnyNumberOfAgents(count: Int) throws {
        var fleet = Fleet()
        let names = (0..<count).map { "agent\($0)" }
        for name in names {
            fleet.apply(
                .agentUp(AgentUp(pid: 1, client: "", intervalMS: 500)),
                from: InstanceID(agent: name, instance: InstanceDigits(repeating: "a")), at: 7)
        }
        let report = try report(fleet)
        #expect(report.keys.sorted() == ["agents", "at", "hub", "v"])
        #expect(report["at"] as? Int == (count == 0 ? 0 : 7))
        let agents = report["agents"] as? [[String: Any]]
        #expect(agents?.map { $0["agent"] as? String } == names)
    }

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
        let agent = try #require((try report(fleet)["agents"] as? [[String: Any]])?.first)
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
