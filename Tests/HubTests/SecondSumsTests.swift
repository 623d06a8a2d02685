import Fleet
import HubClient
import ResilienceWire
import TestSupport
import Testing

@testable import Hub

/// Sums of deltas per second, for viewers that update once a second.
@Suite struct SecondSumsTests {
    private static let source = InstanceID(
        agent: "planner", instance: InstanceDigits(repeating: "a"))

    private static func delta(_ strategy: String, _ sequence: Int, ok: Int) -> Delta {
        var counters = Counters()
        counters.ok = ok
        return Delta(strategy: strategy, sequence: sequence, spanMS: 500, counters: counters)
    }

    /// Takes all closed sums.
    private static func take(_ sums: inout SecondSums) -> [Line] {
        var lines: [Line] = []
        while sums.hasClosed {
            _ = sums.next { lines.append(Line(at: $2, source: $1, .delta($0))) }
        }
        return lines
    }

    /// The places of some strategies.
    private struct Places {
        private var places: [String: SecondSums.Place] = [:]

        mutating func add(_ delta: Delta, at time: Int64, to sums: inout SecondSums) {
            sums.add(
                delta, from: source, at: time,
                &places[delta.strategy, default: SecondSums.Place()])
        }
    }

    @Test func sumHasTheSequenceAndTimeOfItsLastDelta() {
        var sums = SecondSums()
        var places = Places()
        places.add(Self.delta("pay", 7, ok: 1), at: 5_100, to: &sums)
        places.add(Self.delta("mail", 3, ok: 8), at: 5_200, to: &sums)
        places.add(Self.delta("pay", 8, ok: 2), at: 5_600, to: &sums)
        sums.turn(at: 5_999)
        #expect(!sums.hasClosed)
        sums.turn(at: 6_000)
        #expect(sums.hasClosed)
        var pay = Self.delta("pay", 8, ok: 3)
        pay.summed = 2
        pay.spanMS = 1_000
        let lines = Self.take(&sums).sorted { $0.at ?? 0 > $1.at ?? 0 }
        #expect(
            lines == [
                Line(at: 5_600, source: Self.source, .delta(pay)),
                Line(at: 5_200, source: Self.source, .delta(Self.delta("mail", 3, ok: 8))),
            ])
        #expect(sums.count == 0)
    }

    @Test func oldestSumsComeFirst() {
        var sums = SecondSums()
        var places = Places()
        for second in 1...3 {
            places.add(Self.delta("pay", second, ok: 1), at: Int64(second) * 1_000, to: &sums)
        }
        sums.close()
        let times = Self.take(&sums).map(\.at)
        #expect(times == [1_000, 2_000, 3_000])
    }

    /// A viewer with sums knows as much as a viewer with each delta, including lost ones.
    @Test(arguments: 0..<10) func sumsLeadToTheSameFleet(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        var (each, summed) = (Fleet(), Fleet())
        var sums = SecondSums()
        var places = Places()
        var numbers = ["pay": 1, "mail": 1]
        var at: Int64 = 1_700_000_000_000
        let up = Line(
            at: at, source: Self.source, .agentUp(AgentUp(pid: 1, client: "t/1", intervalMS: 500)))
        each.apply(up)
        summed.apply(up)
        for _ in 0..<200 {
            at += Int64.random(in: 0...700, using: &random)
            let name = Bool.random(using: &random) ? "pay" : "mail"
            let isLost = Int.random(in: 0..<10, using: &random) == 0
            numbers[name, default: 0] += isLost ? 2 : 1
            var delta = Self.delta(
                name, numbers[name] ?? 0, ok: Int.random(in: 0...9, using: &random))
            // Some deltas cover many slots, as after a pause.
            if Int.random(in: 0..<20, using: &random) == 0 { delta.spanMS = 60_000 }
            if Int.random(in: 0..<20, using: &random) == 0 { delta.spanMS = 4_900 }
            each.apply(Line(at: at, source: Self.source, .delta(delta)))
            places.add(delta, at: at, to: &sums)
            for line in Self.take(&sums) { summed.apply(line) }
        }
        sums.close()
        for line in Self.take(&sums) { summed.apply(line) }
        #expect(summed.agents == each.agents)
        #expect(each.agents[Self.source]?.strategies["pay"]?.gaps ?? 0 > 0)
    }

    @Test func viewerThatJoinsMidSecondGetsNoDeltaTwice() async throws {
        func paid(_ fleet: Fleet) -> Int {
            fleet.agents.values.reduce(0) { $0 + ($1.strategies["pay"]?.total.ok ?? 0) }
        }
        try await TestHub.run { hub in
            let agent = try await RawAgent(hub.directory)
            agent.declare("pay")
            let each = try await hub.viewer()
            let summed = try await hub.viewer()
            summed.connection.watch(.perSecond)
            for sequence in 1...20 { agent.send(.delta(Self.delta("pay", sequence, ok: 1))) }
            // The hub now has these deltas, probably in an open sum.
            try await each.wait { paid($0) == 20 }
            let late = try await hub.viewer()
            late.connection.watch(.perSecond)
            for sequence in 21...40 { agent.send(.delta(Self.delta("pay", sequence, ok: 1))) }
            agent.send(.delta(Self.delta("pay", 41, ok: 0)))
            for viewer in [each, summed, late] {
                try await viewer.wait {
                    $0.agents.values.first?.strategies["pay"]?.sequence == 41
                }
                #expect(paid(viewer.fleet) == 40)
                #expect(viewer.fleet.agents.values.first?.strategies["pay"]?.gaps == 0)
            }
        }
    }

    /// The viewer is the first that asks for sums, and it asks during its keyframe.
    @Test func viewerThatAsksForSumsDuringAKeyframeMissesNothing() async throws {
        try await TestHub.run { hub in
            let agent = try await RawAgent(hub.directory)
            for number in 0..<1_500 { agent.declare("s\(number)") }
            agent.declare("pay")
            let each = try await hub.viewer()
            try await each.wait { $0.agents.values.first?.strategies.count == 1_501 }
            let late = try await hub.viewer()
            late.connection.watch(.off)
            for sequence in 1...20 {
                agent.send(.delta(Self.delta("pay", sequence, ok: 1)))
                agent.send(
                    .breaker(
                        BreakerChange(
                            strategy: "pay", version: sequence, from: .closed, to: .open,
                            by: .policy, why: "test")))
                if sequence == 10 { late.connection.watch(.perSecond) }
            }
            for viewer in [each, late] {
                try await viewer.wait {
                    let pay = $0.agents.values.first?.strategies["pay"]
                    return pay?.sequence == 20 && pay?.breaker?.version == 20
                }
                let pay = viewer.fleet.agents.values.first?.strategies["pay"]
                #expect(pay?.total.ok == 20)
                #expect(pay?.gaps == 0)
            }
        }
    }

    /// Happens when a user presses space twice while a large keyframe is sent.
    @Test func changingTheDetailLosesNoDelta() async throws {
        try await TestHub.run { hub in
            let agent = try await RawAgent(hub.directory)
            agent.declare("pay")
            let summed = try await hub.viewer()
            var sequence = 0
            for figures in [
                MetricsDetail.perSecond, .off, .perSecond, .full, .perSecond, .off, .perSecond,
            ] {
                for _ in 0..<3 {
                    sequence += 1
                    agent.send(.delta(Self.delta("pay", sequence, ok: 1)))
                }
                summed.connection.watch(figures)
            }
            let last = sequence
            try await summed.wait {
                $0.agents.values.first?.strategies["pay"]?.sequence == last
            }
            let pay = summed.fleet.agents.values.first?.strategies["pay"]
            #expect(pay?.total.ok == last)
            #expect(pay?.gaps == 0)
        }
    }

    /// Every sum of valid deltas fits into a line.
    @Test func longSumOmitsItsMessages() throws {
        var counters = Counters()
        let types = (10..<74).map { String(repeating: "\\", count: 126) + "\($0)" }
        let text = String(repeating: "\"", count: 256)
        counters.messages = types.map { ErrorMessage(type: $0, text: text) }
        counters.errors = types.map { ErrorCount(type: $0, count: 1) }
        counters.latency = (0..<576).map { LatencyCount(bucket: $0, count: 1 << 40) }
        let delta = Delta(
            strategy: "pay", sequence: 2, summed: 2, spanMS: 1_000, counters: counters)
        var bytes: [UInt8] = []
        Line(at: 1, source: Self.source, .delta(delta)).encodeWhole(into: &bytes)
        #expect(bytes.count <= WireLimits.lineBytes)
        counters.messages = []
        var short = delta
        short.counters = counters
        let isShort = try Line(decoding: bytes).message == .delta(short)
        #expect(isShort)
    }
}
