import Fleet
import Foundation
import Recording
import ResilienceWire
import TestSupport
import Testing

/// Tests of compressed recordings: round trips, and damage that costs only the frames it hits.
@Suite struct CompressedTests {
    let path = NSTemporaryDirectory() + "fusebox-\(UUID().uuidString).ndjson.zst"

    /// Writes frames of several lines each, one second apart.
    func write(frames: Int, of count: Int = 5) throws -> [Line] {
        let writer = try RecordingWriter(path: path, fusebox: "0.1.0", at: 0)
        var all: [Line] = []
        for frame in 0..<frames {
            let lines = (0..<count).map { number in
                Line(
                    at: Int64(frame * 1_000 + number),
                    source: InstanceID(agent: "a", instance: InstanceDigits(repeating: "1")),
                    .call(
                        CallReport(
                            strategy: "s\(frame)", end: .ok, attempts: 1,
                            microseconds: Int64(frame * 7 + number))))
            }
            writer.write(lines)
            writer.flush()
            all += lines
        }
        #expect(writer.lost == 0)
        return all
    }

    func read(_ data: Data) throws -> ([Line], RecordingDamage) {
        let copy = path + ".copy"
        defer { unlink(copy) }
        try data.write(to: URL(fileURLWithPath: copy))
        let reader = try RecordingReader(path: copy)
        var lines: [Line] = []
        while let line = reader.next() { lines.append(line) }
        return (lines, reader.damage)
    }

    @Test func writtenLinesAreReadBack() throws {
        defer { unlink(path) }
        let lines = try write(frames: 50, of: 100)
        let (read, damage) = try read(try Data(contentsOf: URL(fileURLWithPath: path)))
        #expect(read == lines)
        #expect(damage.isNone)
    }

    @Test func zstdcatIgnoresTheHeaders() async throws {
        defer { unlink(path) }
        let lines = try write(frames: 3)
        let zstdcat = try Running("/usr/bin/env", ["zstdcat", path])
        let text = try (0...lines.count).map { _ in try zstdcat.output.readLine() }
        #expect(try zstdcat.output.readLine() == "")
        #expect(await zstdcat.end() == 0)
        #expect(try text.dropFirst().map { try Line(decoding: Array($0.utf8)[...]) } == lines)
    }

    @Test func fileCutAtAnyByteIsReadUpToTheCut() async throws {
        defer { unlink(path) }
        let lines = try write(frames: 4)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        var seen: Set<Int> = []
        for length in 0..<whole.count {
            await Task.yield()
            guard let (read, damage) = try? read(whole[..<length]) else {
                // The cut is within the header line's frame.
                #expect(length < 200)
                continue
            }
            #expect(read == Array(lines.prefix(read.count)))
            #expect(damage.frames == 0 && damage.badLines == 0)
            // A cut between frames cannot be detected.
            if !damage.isCut { seen.insert(read.count) }
        }
        #expect(seen == [0, 5, 10, 15])
        print("compressed: cut at each of \(whole.count) bytes")
    }

    @Test func flippedBitCostsOnlyItsFrame() async throws {
        defer { unlink(path) }
        let lines = try write(frames: 3)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        var lost: [Int: Int] = [:]
        var wrong: [Int] = []
        for bit in 0..<whole.count * 8 {
            await Task.yield()
            var flipped = whole
            flipped[bit / 8] ^= 1 << (bit % 8)
            guard let (read, damage) = try? read(flipped) else {
                // Only damage to the first frame can make the file unreadable as a recording.
                if bit / 8 >= 200 { wrong.append(bit) }
                continue
            }
            let missing = lines.count - read.count
            lost[missing, default: 0] += 1
            let isTrue = read.allSatisfy(lines.contains)
            let isCounted = damage.frames == 0 || (damage.lostLines ?? missing) >= missing
            if !isTrue || ![0, 5].contains(missing) || !isCounted || missing > 0 && damage.isNone {
                wrong.append(bit)
            }
        }
        print("compressed: \(whole.count * 8) bits flipped; lines lost and how often: \(lost)")
        #expect(wrong == [])
        #expect(lost[5] ?? 0 > 0)
    }

    @Test func seekingAndPlayingGiveTheSameState() async throws {
        for (seed, suffix) in [(UInt64(1), "ndjson"), (2, "ndjson.zst"), (3, "ndjson.zst")] {
            let path = NSTemporaryDirectory() + "fusebox-\(UUID().uuidString).\(suffix)"
            defer { unlink(path) }
            var random = SplitMix64(seed: seed)
            let end = try writeRandom(path, &random)
            let index = try #require(RecordingIndex(path: path))
            #expect(index.keyframes.count > 2)
            for _ in 0..<60 {
                await Task.yield()
                let time = Int64.random(in: 0...end + 1_000, using: &random)
                let start = try #require(index.start(for: time))
                let reader = try RecordingReader(path: path)
                reader.seek(to: start.offset)
                #expect(
                    state(reader, until: time)
                        == state(try RecordingReader(path: path), until: time))
            }
        }
    }

    func state(_ reader: RecordingReader, until time: Int64) -> Fleet {
        var stream = StreamedFleet()
        while let line = reader.next(),
            line.at ?? 0 <= time || !stream.isWhole || stream.fleet.at == 0
        {
            stream.take(line)
        }
        return stream.fleet
    }

    /// Writes a recording of agents that come, call and go for some minutes. Returns its last time.
    func writeRandom(_ path: String, _ random: inout SplitMix64) throws -> Int64 {
        let writer = try RecordingWriter(path: path, fusebox: "0.1.0", at: 1_000)
        var fleet = Fleet()
        var at: Int64 = 1_000
        writer.writeKeyframe(fleet.keyframe(at: at), at: at)
        let agents = (1...3).map {
            InstanceID(agent: "a\($0)", instance: InstanceDigits(repeating: "\($0)"))
        }
        for _ in 0..<3_000 {
            at += Int64.random(in: 1...100, using: &random)
            let agent = agents[Int.random(in: 0..<agents.count, using: &random)]
            let message: StreamMessage =
                switch Int.random(in: 0..<20, using: &random) {
                case 0: .agentUp(AgentUp(pid: 1, client: "t/1", intervalMS: 500))
                case 1: .agentGone(why: "it ended")
                case 2:
                    .breaker(
                        BreakerChange(
                            strategy: "s", version: 1, from: .closed, to: .open, by: .policy,
                            why: "5 consecutive failures"))
                default:
                    .call(
                        CallReport(
                            strategy: "s", end: .ok, attempts: 2,
                            microseconds: Int64.random(in: 1...1_000_000, using: &random)))
                }
            let line = Line(at: at, source: agent, message)
            fleet.apply(line)
            writer.write([line])
            if writer.isKeyframeDue(at: at) {
                // Older recordings have no history.
                let hasHistory = Bool.random(using: &random)
                writer.writeKeyframe(fleet.keyframe(at: at, hasHistory: hasHistory), at: at)
            }
        }
        writer.flush()
        return at
    }
}
