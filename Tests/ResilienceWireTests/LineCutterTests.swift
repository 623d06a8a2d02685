import ResilienceWire
import Testing

@Suite struct LineCutterTests {
    /// The lines and errors that a cutter yielded, in order.
    typealias Results = [Result<Line, WireError>]

    private static let stream = Array(
        """
        {"t":"lost","n":1}
        {"t":"delta","s":"é","n":1,"ms":500,"latency":[[1,2]]}

        {"t":"lost","n":
        {"t":"beat"}\r
        {"t":"lost","n":-1}
        {"t":"agent_stale"}

        """.utf8)

    @Test func cutterYieldsLinesAndErrorsInOrder() throws {
        let results = cut([Self.stream])
        #expect(results.count == 7)
        #expect(try results[0].get() == Line(.lost(1)))
        #expect(throws: WireError.emptyLine) { try results[2].get() }
        #expect(throws: WireError.self) { try results[3].get() }
        // A carriage return is white space to JSON; it does not end a line.
        #expect(try results[4].get() == Line(.beat))
        #expect(throws: WireError.self) { try results[5].get() }
        #expect(try results[6].get() == Line(.agentStale))
    }

    @Test func cutterYieldsTheSameLinesAtEverySplitPoint() {
        let whole = cut([Self.stream])
        for first in 0...Self.stream.count {
            for second in first...Self.stream.count {
                let chunks = [
                    Self.stream[..<first], Self.stream[first..<second], Self.stream[second...],
                ]
                #expect(cut(chunks.map(Array.init)) == whole)
            }
        }
        #expect(cut(Self.stream.map { [$0] }) == whole)
    }

    @Test func cutterSkipsDeltas() {
        var cutter = LineCutter()
        var types: [String] = []
        func take(_ messages: StreamMessage...) {
            var bytes: [UInt8] = []
            for message in messages { Line(message).encode(into: &bytes) }
            cutter.append(bytes.span) { (result: Result<Line, WireError>) in
                if case .success(let line) = result { types.append(line.message.type) }
            }
        }
        let delta = StreamMessage.delta(
            Delta(strategy: "pay", sequence: 1, spanMS: 500, counters: Counters()))
        cutter.omitsDeltas = true
        take(delta, .beat, delta, .keyframeEnd, delta)
        #expect(types == ["beat", "keyframe_end"])
    }

    @Test func cutterCountsPendingBytes() {
        var cutter = LineCutter()
        var count = 0
        feed(&cutter, Array(#"{"t":"#.utf8)) { _ in count += 1 }
        #expect(cutter.pendingBytes == 5)
        #expect(count == 0)
        feed(&cutter, Array("\"beat\"}\nxy".utf8)) { _ in count += 1 }
        #expect(cutter.pendingBytes == 2)
        #expect(count == 1)
    }

    @Test(arguments: [1, 7, 4_096, 100_000])
    func cutterReportsLineTooLongOnceAndThenStops(chunk: Int) {
        let bytes =
            Array("{\"t\":\"beat\"}\n".utf8) + Array(repeating: UInt8(ascii: " "), count: 65_536)
            + Array("\n{\"t\":\"bye\"}\n".utf8)
        let chunks = stride(from: 0, to: bytes.count, by: chunk).map {
            Array(bytes[$0..<min($0 + chunk, bytes.count)])
        }
        #expect(
            cut(chunks) == [.success(Line(.beat)), .failure(.lineTooLong(limit: 65_536))])
    }

    @Test(arguments: [1, 4_096, 100_000])
    func cutterAcceptsLineOfMaximumLength(chunk: Int) {
        let bytes =
            Array(#"{"t":"beat"}"#.utf8)
            + Array(repeating: UInt8(ascii: " "), count: 65_535 - 12) + [UInt8(ascii: "\n")]
        let chunks = stride(from: 0, to: bytes.count, by: chunk).map {
            Array(bytes[$0..<min($0 + chunk, bytes.count)])
        }
        #expect(cut(chunks) == [.success(Line(.beat))])
    }

    @Test func cutterRejectsLongLineBeforeItsEnd() {
        var cutter = LineCutter()
        var results: Results = []
        feed(&cutter, Array(repeating: UInt8(ascii: " "), count: 65_535)) { results.append($0) }
        #expect(results.isEmpty)
        feed(&cutter, [UInt8(ascii: " ")]) { results.append($0) }
        #expect(results == [.failure(.lineTooLong(limit: 65_536))])
        #expect(cutter.pendingBytes == 0)
    }

    @Test func cutterStopsAtErrorOfItsCaller() {
        struct Enough: Error {}
        var cutter = LineCutter()
        var count = 0
        #expect(throws: Enough.self) {
            try Self.stream.withUnsafeBytes { bytes in
                try cutter.append(bytes) { (_: Result<Line, WireError>) throws(Enough) in
                    count += 1
                    throw Enough()
                }
            }
        }
        #expect(count == 1)
        #expect(cutter.pendingBytes == 0)
    }

    private func cut(_ chunks: [[UInt8]]) -> Results {
        var cutter = LineCutter()
        var results: Results = []
        for chunk in chunks { feed(&cutter, chunk) { results.append($0) } }
        return results
    }

    private func feed(
        _ cutter: inout LineCutter, _ bytes: [UInt8], _ body: (Result<Line, WireError>) -> Void
    ) {
        bytes.withUnsafeBytes { cutter.append($0) { body($0) } }
    }
}
