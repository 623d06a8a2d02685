import Fleet
import ResilienceWire
import Sockets
import TestSupport
import Testing

@testable import HubClient

/// Changing the detail and the rate of the stream.
@Suite struct ReadThrottleTests {
    private func paid(_ fleet: Fleet) -> Int {
        fleet.agents.values.reduce(0) { $0 + ($1.strategies["pay"]?.total.ok ?? 0) }
    }

    private func count(_ agent: RawAgent, _ sequence: Int) {
        var counters = Counters()
        counters.ok = 1
        agent.send(
            .delta(Delta(strategy: "pay", sequence: sequence, spanMS: 500, counters: counters)))
    }

    @Test func viewerWithoutFiguresReceivesOnlyEventsUntilItAsksForAll() async throws {
        try await TestHub.run { hub in
            let agent = try await RawAgent(hub.directory)
            agent.declare("pay")
            let viewer = try await hub.viewer(.operator)
            viewer.connection.read(at: .frames)
            count(agent, 1)
            try await viewer.wait { paid($0) == 1 }

            viewer.connection.watch(.off)
            // The answer shows that the hub has read the line before.
            let marker = OperatorCommand(id: "m", address: "no:agent", order: .reset)
            viewer.connection.send(.command(marker))
            _ = try await viewer.outcome(of: "m")
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

            viewer.connection.watch()
            try await viewer.wait { paid($0) == 9 }
            count(agent, 10)
            try await viewer.wait { paid($0) == 10 }
        }
    }

    @Test func repeatedWatchReturnsANewKeyframe() async throws {
        try await TestHub.run { hub in
            let viewer = try await hub.viewer()
            func end(_ message: StreamMessage) -> Bool? { message == .keyframeEnd ? true : nil }
            _ = try await viewer.next(end)
            viewer.connection.watch()
            _ = try await viewer.next(end)
        }
    }

    /// The state in the next keyframe, without later lines.
    private func keyframe(of connection: HubConnection) async throws -> Fleet {
        connection.watch()
        var stream = StreamedFleet()
        for try await batch in connection.batches {
            for line in try batch.decoded() {
                if case .snapshot = stream.take(line) { return stream.fleet }
            }
        }
        throw Viewer.StreamEnded()
    }

    /// Covers viewers that ask right after others and viewers that ask again: neither sees an older
    /// state than before.
    @Test func keyframesNeverGoBackInTime() async throws {
        try await TestHub.run { hub in
            let agent = try await RawAgent(hub.directory)
            let witness = try await hub.viewer()
            let asker = try await hub.connect(.view)
            for number in 1...20 {
                agent.declare("s\(number)")
                try await witness.wait { $0.agents[agent.id]?.strategies.count == number }
                #expect(try await keyframe(of: asker).agents[agent.id]?.strategies.count == number)
                let newcomer = try await hub.connect(.view)
                #expect(
                    try await keyframe(of: newcomer).agents[agent.id]?.strategies.count == number)
            }
        }
    }

    /// The longest pause is 100 ms. While much arrives, less than a socket's buffer arrives in a pause.
    @Test(
        arguments: [
            (bytes: 0, time: 1_000, rest: 100), (1_000, 0, 100), (50_000, 100, 100),
            (200_000, 100, 50), (2_000_000, 100, 5), (200_000_000, 100, 0),
        ] as [(bytes: Int64, time: Int64, rest: Int64)])
    func pauseGetsShorterWithTheRateOfTheStream(bytes: Int64, time: Int64, rest: Int64) {
        #expect(ReadThrottle.frames.restMS(after: bytes, in: time) == rest)
        #expect(ReadThrottle.atOnce.restMS(after: bytes, in: time) == 0)
    }
}
