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

    @Test(arguments: 0..<16)
    func viewerThatAttachesLaterSeesTheSameFleetAsOthers(seed: Int) throws {
        var history = RandomHistory(seed: UInt64(seed))
        var hub = Fleet()
        var late: [Fleet] = []
        for step in 0..<1_500 {
            let line = history.next()
            hub.apply(line)
            for index in late.indices { late[index].apply(line) }
            if step % 250 == 125 {
                let viewer = try read(hub.keyframe(at: hub.at))
                #expect(viewer == hub, "attached at step \(step)")
                late.append(viewer)
            }
        }
        for viewer in late { #expect(viewer == hub) }
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
