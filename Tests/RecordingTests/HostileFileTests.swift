import Foundation
import ResilienceWire
import TestSupport
import Testing

@testable import Recording

/// Tests with malicious recordings: memory and work stay within the bounds for the file's length.
/// The tests count steps and do not measure time.
@Suite struct HostileFileTests {
    let path = NSTemporaryDirectory() + "fusebox-\(UUID().uuidString)"

    private static let head =
        Array(
            #"{"t":"recording","v":1,"at":1000,"fusebox":"0.1.0"}"#.utf8) + [0x0A]
    private static let line = Array(#"{"t":"bye","at":2000}"#.utf8) + [0x0A]

    private func header(
        _ frame: [UInt8], first: Int64 = 1_000, last: Int64 = 2_000, lines: UInt32 = 1,
        size: UInt32? = nil
    ) -> [UInt8] {
        FrameHeader(
            first: first, last: last, lines: lines, size: size ?? UInt32(frame.count),
            hasKeyframe: false
        ).bytes
    }

    private func frame(_ content: [UInt8]) -> [UInt8] {
        let frame = ZstdCompressor().frame(of: content)
        return header(frame) + frame
    }

    private func write(_ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    private func read() throws -> (lines: Int, damage: RecordingDamage) {
        let reader = try RecordingReader(path: path)
        var lines = 0
        while reader.next() != nil { lines += 1 }
        return (lines, reader.damage)
    }

    /// Reads all pieces of the file and returns the allowance used.
    private func allowance() throws -> FrameAllowance {
        let reader = FrameReader(try RecordingSource(path))
        while reader.next() != nil {}
        return reader.allowance
    }

    @Test(arguments: [
        (Int64(2_000), Int64(1_000)), (-1, 1_000), (.min, .max), (.min, -1), (0, .max),
        (0, 1 << 53), (.max, .min),
    ]) func impossibleTimesInAFrameHeaderCountAsDamage(times: (Int64, Int64)) throws {
        defer { unlink(path) }
        let body = ZstdCompressor().frame(of: Self.head + Self.line)
        let bad = header(body, first: times.0, last: times.1)
        #expect(FrameHeader(bad[...]) == nil)
        try write(bad + body + frame(Self.line))
        let index = try #require(RecordingIndex(path: path))
        #expect(index.times == 1_000...2_000)
        // The frame after such a header is still read.
        let (lines, damage) = try read()
        #expect(lines == 2)
        #expect(damage.frames == 1 && damage.lostLines == 0)
    }

    @Test func headerOfATooLongFrameCountsAsDamage() throws {
        #expect(FrameHeader(header([], size: .max)[...]) == nil)
        #expect(FrameHeader(header([], size: UInt32(ZstdDecompressor.limit))[...]) != nil)
    }

    /// As many incomplete frames within a frame as fit.
    private func chain(_ count: Int) -> [UInt8] {
        let start = ZstdDecompressor.magic + [0x04, 0x58]
        let block = [UInt8(start.count << 3), 0, 0] + start
        return start + (0..<count).flatMap { _ in block } + [1, 0, 0, 0, 0, 0, 0]
    }

    @Test func frameSearchReadsEachByteAFewTimes() throws {
        defer { unlink(path) }
        for count in [5_000, 20_000, 80_000] {
            let bytes = frame(Self.head) + chain(count) + frame(Self.line)
            try write(bytes)
            let allowance = try allowance()
            #expect(allowance.passed == bytes.count)
            // One search beyond the allowance may have started.
            let most = FrameAllowance.lookedAtFirst + (FrameAllowance.looks + 1) * bytes.count
            #expect(allowance.looked > 0 && allowance.looked <= most)
            let (lines, damage) = try read()
            #expect(lines == 1)
            #expect(damage.frames == 1)
        }
    }

    @Test func oversizedContentIsRefusedWithAMessage() throws {
        defer { unlink(path) }
        let bomb = frame([UInt8](repeating: 0x0A, count: 15_000_000))
        let huge = frame([UInt8](repeating: 0x0A, count: 17_000_000))
        for count in 1...4 {
            let bytes =
                frame(Self.head) + (0..<count).flatMap { _ in bomb } + huge + frame(Self.line)
            try write(bytes)
            let (lines, damage) = try read()
            #expect(lines == 1)
            #expect(damage.refused == count + 1)
            #expect(damage.description.contains("unpack to more than 16 MiB"))
            let allowance = try allowance()
            #expect(
                allowance.unpacked
                    <= FrameAllowance.unpackedAtFirst + FrameAllowance.ratio * bytes.count)
        }
    }

    @Test func smallFramesUnpackWithinTheFilesAllowance() throws {
        defer { unlink(path) }
        let small = frame([UInt8](repeating: 0x0A, count: 1 << 19))
        for count in [10, 100, 1_000] {
            let bytes = frame(Self.head) + (0..<count).flatMap { _ in small } + frame(Self.line)
            try write(bytes)
            let reader = FrameReader(try RecordingSource(path))
            var ahead = 0
            while reader.nextWhole() != nil || reader.next() != nil { ahead += 1 }
            #expect(
                reader.allowance.unpacked
                    <= FrameAllowance.unpackedAtFirst + FrameAllowance.ratio * bytes.count)
            #expect(ahead == count + 2)
            #expect(try read().lines == 1)
        }
    }

    @Test(arguments: ["\n", "{\n", "x\n", "{\"t\":\"call\"}\n"])
    func decodingStopsInAFrameOfMostlyMalformedLines(line: String) throws {
        defer { unlink(path) }
        let bad = (0..<50_000).flatMap { _ in Array(line.utf8) }
        try write(frame(Self.head + bad) + frame(Self.line))
        let (lines, damage) = try read()
        #expect(lines == 1)
        #expect((100...200).contains(damage.badLines))
        #expect(damage.frames == 1 && damage.lostLines == nil)
    }

    @Test func plainFileWithoutNewlinesTakesBoundedMemory() throws {
        defer { unlink(path) }
        for megabytes in [8, 64] {
            try write(Self.head)
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            try file.truncate(atOffset: UInt64(megabytes << 20))
            try file.seekToEnd()
            try file.write(contentsOf: Data([0x0A] + Self.line))
            try file.close()
            let source = try RecordingSource(path)
            let index = try #require(RecordingIndex(source))
            #expect(index.times == 1_000...2_000)
            #expect(source.most <= 1 << 20)
            let (lines, damage) = try read()
            #expect(lines == 1)
            #expect(damage.badLines == 1)
            #expect(damage.description.contains("longer than 65536 bytes"))
        }
    }

    @Test(arguments: [true, false]) func damageReadTwiceIsCountedOnce(isPlain: Bool) throws {
        defer { unlink(path) }
        let bad = Array("x\n{\n".utf8)
        var broken = frame(Self.line)
        broken[broken.count - 1] ^= 1
        try write(
            isPlain
                ? Self.head + bad + Self.line + bad + Self.line
                : frame(Self.head + bad) + broken + frame(Self.line + bad) + [1, 2, 3])
        let reader = try RecordingReader(path: path)
        while reader.next() != nil {}
        let damage = reader.damage
        #expect(damage.badLines == 4)
        #expect(damage.frames == (isPlain ? 0 : 1))
        for offset in [Int64(0), Int64(Self.head.count), 0] {
            reader.seek(to: offset)
            while reader.next() != nil {}
            #expect(reader.damage == damage)
        }
    }
}
