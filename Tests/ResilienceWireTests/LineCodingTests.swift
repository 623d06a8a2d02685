import ResilienceWire
import Testing

@Suite struct LineCodingTests {
    @Test(arguments: GoldenLine.all)
    func encoderMatchesGoldenLines(golden: GoldenLine) {
        #expect(String(decoding: golden.message.encoded, as: UTF8.self) == golden.text + "\n")
    }

    @Test(arguments: GoldenLine.all)
    func decoderMatchesGoldenLines(golden: GoldenLine) throws {
        #expect(try golden.message.isDecoded(from: golden.text))
        #expect(try golden.message.isDecoded(from: golden.text + "\n"))
    }

    @Test func everyTypeHasAGoldenLine() {
        let types = GoldenLine.all.map { $0.text.split(separator: "\"")[3] }.map(String.init)
        #expect(Set(types) == WireLimits.lineTypes.union(["from_the_future"]))
    }

    @Test func encoderAppendsToBuffer() {
        var bytes = Array("before\n".utf8)
        AgentMessage.ping.encode(into: &bytes)
        AgentMessage.bye.encode(into: &bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self) == "before\n{\"t\":\"ping\"}\n{\"t\":\"bye\"}\n")
    }

    @Test func decoderReadsFromAnyKindOfMemory() throws {
        let bytes = Array(#"xx{"t":"lost","n":3}"#.utf8)
        let line = Line(.lost(3))
        #expect(try Line(decoding: bytes[2...]) == line)
        #expect(try Line(decoding: Array(bytes[2...])) == line)
        #expect(try Line(decoding: bytes.span.extracting(droppingFirst: 2)) == line)
        let fromPointer = try bytes.withUnsafeBytes {
            try Line(decoding: UnsafeRawBufferPointer(rebasing: $0[2...]))
        }
        #expect(fromPointer == line)
    }

    @Test(arguments: [
        // The type may be anywhere, and the last of repeated fields counts.
        (#"{"n":3,"t":"lost"}"#, StreamMessage.lost(3)),
        (#" { "n" : 3 , "t" : "lost" } "#, .lost(3)),
        (#"{"t":"beat","n":3,"t":"lost"}"#, .lost(3)),
        (#"{"t":"lost","n":4,"n":3}"#, .lost(3)),
        // Unknown fields are skipped, whatever their values.
        (
            #"{"t":"lost","x":{"n":[1,{"t":"bye"}]},"n":3,"":null,"long long long name":1e999}"#,
            .lost(3)
        ),
        (#"{"t":"future","n":-1,"s":5}"#, .unknown(type: "future")),
        (
            #"{"t":"a type that is longer than any of ours"}"#,
            .unknown(type: "a type that is longer than any of ours")
        ),
        // A field name may have escapes, and a number may have any JSON form.
        (#"{"\u0074":"lo\u0073t","n":3}"#, .lost(3)),
        (#"{"t":"lost","n":3.0}"#, .lost(3)),
        (#"{"t":"lost","n":0.3e1}"#, .lost(3)),
        (#"{"t":"lost","n":-0}"#, .lost(0)),
        (#"{"t":"lost","n":9007199254740991}"#, .lost(9_007_199_254_740_991)),
        // `beat` followed by a NUL is a different type.
        (#"{"t":"beat\u0000"}"#, .unknown(type: "beat\u{0}")),
        (#"{"t":"agent_gone"}"#, .agentGone(why: "")),
        (
            #"{"t":"strategy","s":"s","kind":"k","can":["tap","fly"]}"#,
            .strategy(StrategyDeclaration(strategy: "s", kind: "k", can: [.tap]))
        ),
    ])
    func decoderAcceptsEquivalentSpellings(text: String, message: StreamMessage) throws {
        #expect(try Line(text) == Line(message))
    }

    @Test func decoderReadsAnUnknownRefusalCodeAsRefused() throws {
        let answer = try AgentMessage(#"{"t":"ack","id":"1","ok":false,"code":"newer"}"#)
        #expect(answer == .ack(Ack(id: "1", .refused(code: .refused, detail: ""))))
    }

    @Test func decoderSortsListsOfDelta() throws {
        let line = try Line(
            #"""
            {"t":"delta","s":"s","n":1,"ms":5,"retries":{"10":1,"2":2,"10":3},\#
            "errors":{"b":1,"a":2,"b":3},"latency":[[9,1],[3,2]],"messages":{"b":"x","a":"y"}}
            """#)
        var counters = Counters()
        counters.retries = [
            RetryCount(retries: 2, calls: 2), RetryCount(retries: 10, calls: 3),
        ]
        counters.errors = [ErrorCount(type: "a", count: 2), ErrorCount(type: "b", count: 3)]
        counters.latency = [
            LatencyCount(bucket: 3, count: 2), LatencyCount(bucket: 9, count: 1),
        ]
        counters.messages = [
            ErrorMessage(type: "a", text: "y"), ErrorMessage(type: "b", text: "x"),
        ]
        let delta = Delta(strategy: "s", sequence: 1, spanMS: 5, counters: counters)
        #expect(line == Line(.delta(delta)))
    }

    @Test func decoderKeepsCanonicallyEquivalentErrorTypesApart() throws {
        let line = try Line(
            #"{"t":"delta","s":"s","n":1,"ms":5,"errors":{"\u00e9":1,"e\u0301":2}}"#)
        guard case .delta(let delta) = line.message else {
            Issue.record("not a delta")
            return
        }
        #expect(delta.counters.errors.map { Array($0.type.utf8).count } == [3, 2])
    }

    @Test func encoderCutsLongTextsAtCharacterBoundary() throws {
        let long = String(repeating: "é", count: 2_000)
        var line = Line(.agentGone(why: "x" + long))
        line.source = InstanceID(agent: "a" + long, instance: GoldenLine.planner.instance)
        var bytes: [UInt8] = []
        line.encode(into: &bytes)
        let decoded = try Line(decoding: bytes)
        #expect(decoded.source?.agent == "a" + String(repeating: "é", count: 63))
        #expect(decoded.message == .agentGone(why: "x" + String(repeating: "é", count: 511)))
    }

    @Test func deltaWithEveryBucketAnd100ErrorTypesFitsIntoALine() throws {
        var counters = Counters()
        counters.latency = (0..<LatencyBucket.count).map {
            LatencyCount(bucket: $0, count: 1 << 53 - 1)
        }
        counters.retries = (0..<100).map {
            RetryCount(retries: WireLimits.retries - 99 + $0, calls: 1 << 53 - 1)
        }
        let types = (100..<200).map { "\($0)" + String(repeating: "x", count: 125) }
        counters.errors = types.map { ErrorCount(type: $0, count: 1 << 53 - 1) }
        let text = String(repeating: "m", count: WireLimits.messageBytes)
        counters.messages = types[..<50].map { ErrorMessage(type: $0, text: text) }
        let delta = Delta(strategy: types[0], sequence: 1, spanMS: 5, counters: counters)
        let line = Line(at: 1 << 53 - 1, source: GoldenLine.planner, .delta(delta))
        var bytes: [UInt8] = []
        line.encode(into: &bytes)
        #expect(bytes.count <= WireLimits.lineBytes)
        #expect(try Line(decoding: bytes) == line)
    }

    @Test(arguments: [
        (Double.nan, "0"), (.infinity, "1.7976931348623157e+308"), (-0.0, "0"), (1e300, "1e+300"),
        (0.1, "0.1"), (-2.5, "-2.5"), (9_007_199_254_740_992, "9007199254740992"),
        (.leastNonzeroMagnitude, "5e-324"),
    ])
    func encoderWritesEveryDoubleAsAJSONNumber(value: Double, text: String) throws {
        let change = LimitChange(strategy: "s", name: "n", was: value, value: 0, by: .agent)
        var bytes: [UInt8] = []
        Line(.limit(change)).encode(into: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self).contains("\"was\":\(text),"))
        guard value.isFinite else { return }
        #expect(try Line(decoding: bytes).message == .limit(change))
    }
}
