import Foundation
import ResilienceWire
import TestSupport
import Testing

@testable import Recording

/// Tests of a recording file that is removed or moved while it is written.
@Suite(.serialized) struct RemovedFileTests {
    enum Deed: CaseIterable {
        case removed, moved
    }

    private let directory = NSTemporaryDirectory() + "fusebox-\(UUID().uuidString)"

    private func line(_ at: Int64) -> Line { Line(at: at, .agentGone(why: "at \(at)")) }

    private func keyframe(_ at: Int64) -> [Line] {
        [Line(at: at, .keyframe(lines: 0)), Line(at: at, .keyframeEnd)]
    }

    private func messages(_ path: String) throws -> [Line] {
        let reader = try RecordingReader(path: path)
        var lines: [Line] = []
        while let line = reader.next() { lines.append(line) }
        #expect(reader.damage.isNone)
        return lines
    }

    @Test(arguments: Deed.allCases, ["r.ndjson", "r.ndjson.zst"])
    func removedFileIsCreatedAgainWithHeaderAndKeyframe(deed: Deed, name: String) throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        let path = "\(directory)/\(name)"
        let writer = try RecordingWriter(path: path, fusebox: "0.1.0", at: 1_000)
        writer.writeKeyframe(keyframe(1_000), at: 1_000)
        writer.write([line(2_000)])
        writer.keepInPlace(at: 2_000)
        #expect(writer.restarts == 0)
        #expect(!writer.isKeyframeDue(at: 2_000))
        switch deed {
        case .removed: unlink(path)
        case .moved: rename(path, path + ".1")
        }
        writer.keepInPlace(at: 3_000)
        #expect(writer.restarts == 1)
        #expect(writer.misplaced == nil)
        #expect(writer.isKeyframeDue(at: 3_000))
        writer.writeKeyframe(keyframe(3_000), at: 3_000)
        writer.write([line(4_000)])
        writer.flush()
        // Buffered lines are in the new file, between the header and the keyframe.
        let news = try messages(path).filter { $0.at ?? 0 >= 3_000 }
        #expect(news == keyframe(3_000) + [line(4_000)])
        writer.keepInPlace(at: 5_000)
        #expect(writer.restarts == 1)
        if deed == .moved { #expect(try messages(path + ".1").count >= 2) }
    }

    @Test func linesAreLostWhileTheFileCannotBeCreatedAgain() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        let path = "\(directory)/r.ndjson"
        let writer = try RecordingWriter(path: path, fusebox: "0.1.0", at: 1_000)
        writer.writeKeyframe(keyframe(1_000), at: 1_000)
        // Another file has the same path now. It is neither overwritten nor extended.
        rename(path, path + ".1")
        try Data("mine\n".utf8).write(to: URL(fileURLWithPath: path))
        writer.keepInPlace(at: 2_000)
        #expect(writer.misplaced == "another file is there")
        #expect(writer.isStopped && writer.restarts == 0)
        writer.write([line(2_500)])
        #expect(writer.lost == 1)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("mine\n".utf8))
        // The directory is removed too.
        try FileManager.default.removeItem(atPath: directory)
        writer.keepInPlace(at: 3_000)
        #expect(writer.misplaced == "No such file or directory")
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        writer.keepInPlace(at: 4_000)
        #expect(writer.misplaced == nil && writer.restarts == 1)
        writer.writeKeyframe(keyframe(4_000), at: 4_000)
        #expect(!writer.isStopped)
        #expect(try messages(path) == keyframe(4_000))
    }
}
