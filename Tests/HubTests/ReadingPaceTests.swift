import Attach
import Fleet
import ResilienceWire
import Sockets
import TestSupport
import Testing

/// A stream that is read more or less closely.
@Suite struct ReadingPaceTests {
    private func paid(_ fleet: Fleet) -> Int {
        fleet.agents.values.reduce(0) { $0 + ($1.strategies["pay"]?.total.ok ?? 0) }
    }

    private func count(_ agent: RawAgent, _ sequence: Int) {
        var counters = Counters()
        counters.ok = 1
        agent.send(
            .delta(Delta(strategy: "pay", sequence: sequence, spanMS: 500, counters: counters)))
    }

    @Test func whoLooksAwayHearsOfEventsAloneAndThenOfAll() async throws {
        try await TestHub.run { hub in
            let agent = try await RawAgent(hub)
            agent.declare("pay")
            let viewer = try await hub.viewer()
            count(agent, 1)
            try await viewer.wait { paid($0) == 1 }

            viewer.connection.read(at: .events)
            // What is read together with the first batch still counts.
            agent.declare("marker")
            try await viewer.wait { $0.agents.values.first?.strategies["marker"] != nil }
            for sequence in 2...9 { count(agent, sequence) }
            agent.send(
                .breaker(
                    BreakerChange(
                        strategy: "pay", version: 1, from: .closed, to: .open, by: .policy,
                        why: "5 failures")))
            try await viewer.wait {
                $0.agents.values.first?.strategies["pay"]?.breaker?.state == .open
            }
            #expect(paid(viewer.fleet) == 1)

            viewer.connection.read(at: .frames)
            try await viewer.wait { paid($0) == 9 }
            count(agent, 10)
            try await viewer.wait { paid($0) == 10 }
        }
    }

    @Test func whoAsksAgainGetsAnotherKeyframe() async throws {
        try await TestHub.run { hub in
            let viewer = try await hub.viewer()
            func end(_ message: Message) -> Bool? { message == .keyframeEnd ? true : nil }
            _ = try await viewer.next(end)
            viewer.connection.watch()
            _ = try await viewer.next(end)
        }
    }
}
