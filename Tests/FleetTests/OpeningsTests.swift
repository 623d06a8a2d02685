import Fleet
import ResilienceWire
import TestSupport
import Testing

@Suite struct OpeningsTests {
    private let id = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "a"))
    private let start: Int64 = 1_790_000_000_000

    private struct Step {
        let seconds: Int64
        let from: BreakerState
        let to: BreakerState
        var by = Author.policy
    }

    private func record(after steps: [Step]) throws -> StrategyRecord {
        var fleet = Fleet()
        fleet.apply(.agentUp(AgentUp(pid: 1, client: "", intervalMS: 500)), from: id, at: start)
        fleet.apply(
            .strategy(
                StrategyDeclaration(
                    strategy: "pay", kind: "breaker",
                    breaker: BreakerReading(state: .closed, version: 0))), from: id, at: start)
        for (version, step) in steps.enumerated() {
            fleet.apply(
                .breaker(
                    BreakerChange(
                        strategy: "pay", version: version + 1, from: step.from, to: step.to,
                        by: step.by)), from: id, at: start + step.seconds * 1_000)
        }
        return try #require(fleet.agents[id]?.strategies["pay"])
    }

    /// A breaker that opens at these seconds, for two seconds each.
    private func opened(at seconds: [Int64], by author: Author = .policy) -> [Step] {
        seconds.flatMap {
            [
                Step(seconds: $0, from: .closed, to: .open, by: author),
                Step(seconds: $0 + 2, from: .open, to: .halfOpen),
                Step(seconds: $0 + 2, from: .halfOpen, to: .closed),
            ]
        }
    }

    private func time(_ seconds: Int64) -> Int64 { start + seconds * 1_000 }

    @Test func threeOpeningsInFiveMinutesAreFlapping() throws {
        let twice = try record(after: opened(at: [10, 200]))
        #expect(twice.flappingSince(at: time(201)) == nil)
        let thrice = try record(after: opened(at: [10, 200, 300]))
        #expect(thrice.flappingSince(at: time(303)) == time(300))
        #expect(thrice.openings?.count(at: time(303)) == 3)
        #expect(thrice.openShare(at: time(303)) == 6.0 / 300)
    }

    @Test func threeOpeningsInMoreThanFiveMinutesAreNotFlapping() throws {
        let slow = try record(after: opened(at: [10, 200, 330]))
        #expect(slow.flappingSince(at: time(331)) == nil)
    }

    @Test func flappingEndsAfterFiveMinutesWithoutAnOpening() throws {
        let one = try record(after: opened(at: [10, 20, 30, 320]))
        #expect(one.flappingSince(at: time(321)) == time(30))
        #expect(one.flappingSince(at: time(619)) == time(30))
        #expect(one.flappingSince(at: time(620)) == nil)
    }

    @Test func operatorOrdersAndFailedProbesDoNotCountAsFlapping() throws {
        let ordered = try record(after: opened(at: [10, 20, 30, 40], by: .operator))
        #expect(ordered.flappingSince(at: time(50)) == nil)
        var steps = [Step(seconds: 10, from: .closed, to: .open)]
        for seconds: Int64 in [20, 30, 40, 50] {
            steps.append(Step(seconds: seconds, from: .open, to: .halfOpen))
            steps.append(Step(seconds: seconds, from: .halfOpen, to: .open))
        }
        let down = try record(after: steps)
        #expect(down.flappingSince(at: time(60)) == nil)
        #expect(down.openings?.count(at: time(60)) == 1)
        #expect(down.openShare(at: time(60)) == 50.0 / 300)
    }

    @Test func forcedOrDisabledBreakerIsNotFlapping() throws {
        let held = try record(
            after: opened(at: [10, 20, 30])
                + [Step(seconds: 40, from: .closed, to: .forcedOpen, by: .operator)])
        #expect(held.flappingSince(at: time(41)) == nil)
    }

    @Test func openingsTakeBoundedMemory() throws {
        let busy = try record(after: opened(at: Array(stride(from: 0, to: 3_000, by: 3))))
        #expect(busy.openings?.count(at: time(3_000)) == 100)
        #expect(busy.flappingSince(at: time(3_000)) == time(6))
    }
}
