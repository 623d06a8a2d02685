import Fleet
import ResilienceWire
import TestSupport
import Testing

@Suite struct KeyframePropertyTests {
    /// The fleet that a viewer builds from the encoded lines of a keyframe.
    private func read(_ lines: some Sequence<Line>) throws -> Fleet {
        Fleet(
            keyframe: try lines.map { line in
                var bytes: [UInt8] = []
                line.encode(into: &bytes)
                return try Line(decoding: bytes)
            })
    }

    @Test(arguments: 0..<16, [false, true])
    func viewerThatAttachesLaterSeesTheSameFleetAsOthers(seed: Int, hasHistory: Bool) throws {
        var history = RandomHistory(seed: UInt64(seed))
        var hub = Fleet()
        var late: [Fleet] = []
        for step in 0..<1_500 {
            let line = history.next()
            hub.apply(line)
            for index in late.indices { late[index].apply(line) }
            if step % 250 == 125 {
                let viewer = try read(hub.keyframe(at: hub.at, hasHistory: hasHistory))
                #expect(viewer == hub, "attached at step \(step)")
                late.append(viewer)
            }
        }
        for viewer in late { #expect(viewer == hub) }
    }

    @Test(arguments: 0..<16)
    func historyAddsEarlierSlotsWheneverItArrives(seed: Int) throws {
        var history = RandomHistory(seed: UInt64(seed))
        var hub = Fleet()
        for _ in 0..<400 { hub.apply(history.next()) }
        let lines = Array(hub.keyframe(at: hub.at, hasHistory: true))
        let past = lines.filter { if case .history = $0.message { true } else { false } }
        #expect(!past.isEmpty)
        let state = lines.filter { if case .history = $0.message { false } else { true } }
        var viewer = try read(state)
        for step in 0...20 {
            var late = viewer
            for line in past { late.apply(line) }
            #expect((late == hub) == true, "after \(step) lines")
            var line = history.next()
            while !["delta", "call"].contains(line.message.type) { line = history.next() }
            hub.apply(line)
            viewer.apply(line)
        }
    }

    @Test(arguments: [0, 60_000, nil] as [Int64?])
    func historyLinesHaveTheSlotsOfSlotLines(historyMS: Int64?) {
        var history = RandomHistory(seed: 1)
        var hub = Fleet()
        for _ in 0..<1_500 { hub.apply(history.next()) }
        let slots = hub.keyframe(at: hub.at, historyMS: historyMS)
        let lines = hub.keyframe(at: hub.at, historyMS: historyMS, hasHistory: true)
        #expect(Fleet(keyframe: slots) == Fleet(keyframe: lines))
        let state = lines.prefix { $0.message != .keyframeEnd }
        #expect(state.first?.message == .keyframe(lines: state.count - 1, hasHistory: true))
        #expect(lines.suffix(1).map(\.message) == [.historyEnd])
        #expect(!lines.contains { $0.message.type == "slot" })
    }

    @Test func agentThatWentLongAgoIsNeverShownAsUp() throws {
        let id = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "a"))
        let start: Int64 = 1_790_000_000_000
        var hub = Fleet()
        hub.apply(.agentUp(AgentUp(pid: 1, client: "", intervalMS: 500)), from: id, at: start)
        hub.apply(.agentGone(why: "killed"), from: id, at: start + 1_000)
        for minutes: Int64 in [1, 9, 10, 11, 60, 60 * 24] {
            let viewer = try read(hub.keyframe(at: start + minutes * 60_000))
            #expect(viewer.agents.values.allSatisfy { $0.state == .gone })
        }
    }

    @Test func goneInstancesAreKeptUpToALimit() {
        var hub = Fleet()
        for number in 0..<1_000 {
            let id = InstanceID(agent: "job\(number)", instance: InstanceDigits(UInt128(number)))
            let at = 1_790_000_000_000 + Int64(number)
            hub.apply(.agentUp(AgentUp(pid: 1, client: "", intervalMS: 500)), from: id, at: at)
            hub.apply(.agentGone(why: "said bye"), from: id, at: at)
        }
        #expect(hub.agents.count == Fleet.goneLimit)
        #expect(hub.agents.keys.contains { $0.agent == "job999" })
        #expect(!hub.agents.keys.contains { $0.agent == "job0" })
    }
}
