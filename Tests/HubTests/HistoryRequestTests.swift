import Fleet
import ResilienceWire
import Sockets
import TestSupport
import Testing

@testable import HubClient

/// The two forms of history: `slot` lines in a keyframe, and `history` lines after it.
@Suite(.timeLimit(.minutes(1))) struct HistoryRequestTests {
    @Test(arguments: [false, true])
    func viewerGetsTheFormOfHistoryThatItAskedFor(hasHistory: Bool) async throws {
        try await TestHub.run { hub in
            let agent = try await RawAgent(hub.directory)
            agent.declare("pay")
            var counters = Counters()
            counters.ok = 5
            let delta = Delta(strategy: "pay", sequence: 1, spanMS: 500, counters: counters)
            agent.send(.delta(delta))
            func pay(_ fleet: Fleet) -> StrategyRecord? {
                fleet.agents.values.first?.strategies["pay"]
            }
            let first = try await hub.viewer()
            try await first.wait { pay($0)?.total.ok == 5 }
            let viewer = try await hub.connect(.view)
            viewer.send(.watch(version: 1, hasHistory: hasHistory))
            var lines: [Line] = []
            let end = hasHistory ? StreamMessage.historyEnd : .keyframeEnd
            for try await batch in viewer.batches {
                lines += try batch.decoded()
                if lines.contains(where: { $0.message == end }) { break }
            }
            let types = Set(lines.map(\.message.type))
            let forms: Set = ["slot", "history", "history_end"]
            #expect(
                types.intersection(forms) == (hasHistory ? ["history", "history_end"] : ["slot"]))
            #expect(pay(Fleet(keyframe: lines))?.window.slots.map(\.counters.ok) == [5])
        }
    }

    /// The state of a hub that sends the history apart, and of an older one that does not.
    @Test(arguments: [false, true]) func snapshotHasItsHistory(hasHistory: Bool) async throws {
        var fleet = Fleet()
        let id = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "a"))
        let up = AgentUp(pid: 1, client: "", intervalMS: 500)
        fleet.apply(.agentUp(up), from: id, at: 1_000)
        for sequence in 1...9 {
            var counters = Counters()
            counters.ok = sequence
            let delta = Delta(
                strategy: "pay", sequence: sequence, spanMS: 500, counters: counters)
            fleet.apply(.delta(delta), from: id, at: 5_000 * Int64(sequence))
        }
        let queue = LineQueue()
        for line in fleet.keyframe(at: fleet.at, hasHistory: hasHistory) { queue.post([line]) }
        let connection = HubConnection(
            queue.batches, deliver: { _ in }, give: { _, _ in }, setPace: { _ in }, end: {},
            outages: { [] })
        #expect(try await FleetSnapshot.read(connection) == fleet)
    }
}
