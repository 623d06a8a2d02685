import Fleet
import Foundation
import Recording
import ResilienceWire
import TestSupport
import Testing

/// The examples of the module's documentation page, compiled and run.
@Suite struct RecordingDocumentationTests {
    /// A recording of an agent that goes after 20 s.
    private static func record(into path: String) throws {
        let id = InstanceID(agent: "planner", instance: InstanceDigits(1))
        let writer = try RecordingWriter(path: path, fusebox: "0.1.0", at: 0)
        var fleet = Fleet()
        for second: Int64 in 0...20 {
            let at = second * 1_000
            if writer.isKeyframeDue(at: at) { writer.writeKeyframe(fleet.keyframe(at: at), at: at) }
            let message: StreamMessage =
                switch second {
                case 0: .agentUp(AgentUp(pid: 1, client: "test", intervalMS: 500))
                case 20: .agentGone(why: "said bye")
                default: .lost(1)
                }
            let line = Line(at: at, source: id, message)
            fleet.apply(line)
            writer.write([line])
        }
        writer.flush()
    }

    @Test func exampleReadsARecordingToItsEnd() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let path = scratch.file("run.ndjson.zst")
        try Self.record(into: path)

        let recording = try RecordingCursor(path)
        let fleet = recording.state(at: 5_000)
        var stream = StreamedFleet(fleet)
        while let line = recording.next() { stream.take(line) }
        if !recording.damage.isNone { print(recording.damage) }

        #expect(recording.damage.isNone)
        #expect(fleet.agents.values.map(\.lost) == [5])
        #expect(stream.fleet.agents.values.map(\.state) == [.gone])
        #expect(stream.fleet.agents.values.map(\.lost) == [19])
    }

    @Test(arguments: [500, 5_000, 10_000, 15_500, 20_000] as [Int64])
    func cursorReturnsTheStateAtATime(time: Int64) throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let path = scratch.file("run.ndjson.zst")
        try Self.record(into: path)

        let recording = try RecordingCursor(path)
        let fleet = recording.state(at: time)

        let agent = try #require(fleet.agents.values.first)
        #expect(agent.lost == Int(min(time, 19_000) / 1_000))
        #expect(agent.state == (time < 20_000 ? .up : .gone))
    }

    @Test func everyDocumentationExampleIsCompiled() throws {
        let examples = try CompiledExamples(of: "Recording/Recording.docc")
        #expect(examples.missing == [])
        #expect(examples.count >= 2)
    }
}
