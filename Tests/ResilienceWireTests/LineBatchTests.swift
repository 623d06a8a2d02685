import ResilienceWire
import TestSupport
import Testing

/// Tests of batches, whose lines stay encoded until a caller asks for them.
@Suite struct LineBatchTests {
    private static func bytes(_ lines: [Line]) -> [UInt8] {
        var bytes: [UInt8] = []
        for line in lines { line.encode(into: &bytes) }
        return bytes
    }

    @Test func encodedAndDecodedBatchesAreEquivalent() throws {
        var random = RandomLines(seed: 11)
        // A hub sends lines with safe texts.
        let lines = try (0..<500).map { _ in
            try Line(decoding: Self.bytes([random.line()]), texts: .safe)
        }
        let (made, came) = (LineBatch(lines), LineBatch(bytes: Self.bytes(lines)))
        #expect(try came.decoded() == lines)
        #expect(try made.decoded() == lines)
        #expect(came.count == made.count)
        #expect(came.times == made.times)
        #expect(came.keyframe == made.keyframe)
        #expect(came.bytes == Self.bytes(lines))
        #expect(made.bytes == nil)
    }

    @Test func headersHaveKindAndTime() {
        var seen: [LineHeader.Kind] = []
        var times: [Int64?] = []
        let text = """
            {"t":"keyframe","at":5,"lines":2}
            {"t":"keyframe_end","at":6}
            {"t":"clock","at":7,"jump_ms":3}
            {"at":8,"t":"keyframe","lines":0}
            {"t":"agent_stale"}
            {"t":"delta","at":"x"}

            """
        let batch = LineBatch(bytes: Array(text.utf8)) { glance in
            seen.append(glance.kind)
            times.append(glance.at)
        }
        #expect(seen == [.keyframe, .keyframeEnd, .clock, .keyframe, .other, .other])
        #expect(times == [5, 6, 7, 8, nil, nil])
        #expect(batch.count == 6)
        #expect(batch.times == 5...8)
        #expect(batch.keyframe == 8)
    }

    @Test func decodingStopsAtInvalidLine() {
        let text = "{\"t\":\"beat\"}\n{\"t\":\"delta\",\"at\":5}\n{\"t\":\"bye\"}\n"
        let batch = LineBatch(bytes: Array(text.utf8))
        #expect(throws: WireError.missing(field: "s", type: "delta")) { try batch.decoded() }
        var messages: [StreamMessage] = []
        #expect(throws: WireError.self) { try batch.forEach { messages.append($0.message) } }
        #expect(messages == [.beat])
    }
}
