import Fleet
import Foundation
import Recording
import ResilienceWire
import TestSupport
import Testing

@Suite struct RecordingTests {
    let path = NSTemporaryDirectory() + "fusebox-\(UUID().uuidString).ndjson"

    func lines(_ count: Int) -> [Line] {
        (0..<count).map { number in
            Line(
                at: Int64(number),
                source: InstanceID(agent: "a", instance: InstanceDigits(repeating: "1")),
                .call(CallReport(strategy: "s", end: .ok, attempts: 1, microseconds: Int64(number)))
            )
        }
    }

    func write(_ lines: [Line]) throws {
        let writer = try RecordingWriter(path: path, fusebox: "0.1.0", at: 0)
        writer.write(lines)
        #expect(writer.lost == 0)
    }

    func read(_ path: String) throws -> ([Line], RecordingDamage) {
        let reader = try RecordingReader(path: path)
        var lines: [Line] = []
        while let line = reader.next() { lines.append(line) }
        return (lines, reader.damage)
    }

    @Test func writtenLinesAreReadBack() throws {
        defer { unlink(path) }
        try write(lines(1_000))
        let (read, damage) = try read(path)
        #expect(read == lines(1_000))
        #expect(damage.isNone)
    }

    @Test func fileCutAtAnyByteIsReadUpToTheCut() throws {
        defer { unlink(path) }
        try write(lines(5))
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let header = whole.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        for length in header...whole.count {
            let cut = path + ".cut"
            defer { unlink(cut) }
            try whole[..<length].write(to: URL(fileURLWithPath: cut))
            let (read, damage) = try read(cut)
            let ends = whole[header..<length].count { $0 == UInt8(ascii: "\n") }
            #expect(read == Array(lines(5).prefix(ends)))
            #expect(damage.isCut == (whole[..<length].last != UInt8(ascii: "\n")))
        }
    }

    @Test func damagedLineIsSkippedAndReported() throws {
        defer { unlink(path) }
        try write(lines(3))
        var text = try String(contentsOfFile: path, encoding: .utf8)
        text = text.replacing(#""attempts":1,"us":1"#, with: #""attempts":-1,"us":1"#)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let (read, damage) = try read(path)
        #expect(read.count == 2)
        #expect(damage.badLines == 1)
        #expect(damage.description.contains("\(path):3:"))
    }

    @Test func fileThatIsNotARecordingIsRefused() throws {
        defer { unlink(path) }
        try "{\"t\":\"ping\"}\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: RecordingReader.Failed.self) { try RecordingReader(path: path) }
        #expect(throws: RecordingReader.Failed.self) { try RecordingReader(path: path + ".none") }
    }

    @Test func existingFileIsNotOverwritten() throws {
        defer { unlink(path) }
        try write([])
        #expect(throws: RecordingWriter.Failed.self) {
            try RecordingWriter(path: path, fusebox: "0.1.0", at: 0)
        }
    }

    @Test func keyframeAndItsHistoryAreOneUnitOfAReplay() throws {
        defer { unlink(path) }
        var fleet = Fleet()
        let source = InstanceID(agent: "a", instance: InstanceDigits(repeating: "1"))
        fleet.apply(
            .agentUp(AgentUp(pid: 1, client: "", intervalMS: 500)), from: source, at: 1_000)
        let lines = lines(2)
        for line in lines { fleet.apply(line.message, from: source, at: 2_000) }
        let writer = try RecordingWriter(path: path, fusebox: "0.1.0", at: 0)
        let keyframe = Array(fleet.keyframe(at: 2_000, hasHistory: true))
        writer.writeKeyframe(keyframe, at: 2_000)
        writer.write([Line(at: 3_000, source: source, lines[0].message)])
        var units = RecordingSteps(try ChainedRecording([path]))
        #expect(units.next()?.lines == keyframe)
        #expect(units.next()?.at == 3_000)
        // The state at the keyframe's time, and before it, has the history.
        for time in [0, 2_000] as [Int64] {
            #expect(try ChainedRecording([path]).state(at: time) { _ in } == fleet)
        }
    }

    @Test func keyframesAreDueByTimeAndBySize() throws {
        defer { unlink(path) }
        let writer = try RecordingWriter(path: path, fusebox: "0.1.0", at: 0)
        #expect(writer.isKeyframeDue(at: 0))
        writer.writeKeyframe(lines(10), at: 0)
        #expect(!writer.isKeyframeDue(at: 9_999))
        #expect(!writer.isKeyframeDue(at: 10_000))
        writer.write(lines(50))
        #expect(!writer.isKeyframeDue(at: 9_999))
        #expect(writer.isKeyframeDue(at: 10_000))
    }
}
