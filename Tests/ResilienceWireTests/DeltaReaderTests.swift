import ResilienceWire
import TestSupport
import Testing

@Suite struct DeltaReaderTests {
    /// The reader keeps storage from line to line, but nothing of a line.
    @Test func readerGivesWhatTheDecoderGives() throws {
        var lines = RandomLines(seed: 11)
        var reader = DeltaReader()
        var read = 0
        for round in 0..<2_000 {
            guard case .delta(var delta) = lines.agentMessage() else { continue }
            delta.strategy = "strategy-\(round % 7)/with-a-long-name"
            delta.counters.messages = []
            delta.counters.errors = delta.counters.errors.indices.map {
                ErrorCount(type: "E\(10 + $0)", count: round)
            }
            let line = Array(AgentMessage.delta(delta).encoded.dropLast())
            let expected = round.isMultiple(of: 2) ? delta.strategy : "pay"
            let isRead = reader.read(line.span, expecting: expected)
            #expect(isRead == (line.count <= DeltaReader.lineBytes))
            guard isRead else { continue }
            read += 1
            #expect(reader.delta == delta)
        }
        #expect(read > 50)
    }

    /// Only the decoder says what is wrong with a line, and makes texts safe.
    @Test(arguments: [
        #"{"t":"call","s":"a","end":"ok","attempts":1,"us":1}"#, "", "{", "x",
        #"{"t":"delta","s":"a","n":0,"ms":1}"#, #"{"t":"delta","s":"a","n":1}"#,
        #"{"t":"delta","s":"","n":1,"ms":1}"#, #"{"t":"delta","s":"a","n":1,"ms":1} x"#,
        #"{"t":"delta","s":"a","n":1,"ms":1,"t":"call"}"#,
        #"{"t":"delta","s":"\u00e9","n":1,"ms":1}"#, #"{"t":"delta","s":"é","n":1,"ms":1}"#,
        #"{"t":"delta","s":"a","n":1,"ms":1,"errors":{"\n":1}}"#,
        #"{"t":"delta","s":"a","n":1,"ms":1,"agent":"b"}"#,
        #"{"t":"delta","s":"a","n":1,"ms":1,"x":""# + String(repeating: "x", count: 8_200) + #""}"#,
    ]) func otherLinesAreLeftToTheDecoder(line: String) {
        var reader = DeltaReader()
        let isRead = reader.read(Array(line.utf8).span, expecting: "a")
        #expect(!isRead)
    }

    @Test func readerMayExpectAnyName() {
        var reader = DeltaReader()
        for (name, expected) in [("a", "a"), ("a", "b"), ("a", ""), ("a", "aa"), ("aa", "a")] {
            let line = #"{"t":"delta","s":"\#(name)","n":1,"ms":1}"#
            let isRead = reader.read(Array(line.utf8).span, expecting: expected)
            #expect(isRead)
            #expect(reader.delta.strategy == name)
        }
    }
}
