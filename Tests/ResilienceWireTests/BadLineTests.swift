import ResilienceWire
import Testing

@Suite struct BadLineTests {
    @Test(arguments: [
        ("", ["empty"]),
        ("[1]", ["expected an object", "found an array"]),
        ("ping", ["expected a value", "ping", "byte 0"]),
        (#"{"t":"ping"} x"#, ["nothing after the value", "byte 13"]),
        (#"{"t":"ping""#, ["`,` or `}`", "end of the line"]),
        (#"{"n":1}"#, [#""t" is missing"#]),
        (#"{"t":1}"#, [#""t""#, "a string", "found 1"]),
        (#"{"t":""}"#, [#""t""#, "1 to 128 bytes", "0 bytes"]),
        (#"{"t":"lost"}"#, [#""n" of the "lost" line is missing"#]),
        (
            #"{"t":"lost","n":-1}"#,
            [#""n" of the "lost" line"#, "from 0 to", "found -1 at byte 16"]
        ),
        (#"{"t":"lost","n":9007199254740992}"#, ["to 9007199254740991", "found 9007199254740992"]),
        (#"{"t":"lost","n":18446744073709551616}"#, ["found 18446744073709551616"]),
        (#"{"t":"lost","n":1e400}"#, ["whole number", "1e400"]),
        (#"{"t":"lost","n":2.5}"#, ["whole number", "2.5"]),
        (#"{"t":"lost","n":"5"}"#, ["whole number", #"found "5""#]),
        (#"{"t":"lost","n":null}"#, ["whole number", "found null"]),
        (#"{"t":"lost","n":{}}"#, ["whole number", "found an object"]),
        (#"{"t":"lost","n":NaN}"#, ["expected a value", "NaN"]),
        (#"{"t":"lost","n":01}"#, ["leading zero"]),
        ("{\"t\":\"ping\",\"x\":\"\u{1B}\"}", ["control character", #"\x1b"#]),
        (#"{"t":"ping","x":"\ud800"}"#, ["lone surrogate"]),
        (hello(agent: #""a:b""#), [#""agent""#, "without `:` and `@`"]),
        (hello(agent: #""a@b""#), [#""agent""#, "without `:` and `@`"]),
        (hello(agent: #""""#), [#""agent""#, "1 to 128 bytes", "0 bytes"]),
        (hello(agent: "\"\(String(repeating: "é", count: 65))\""), [#""agent""#, "130 bytes"]),
        (hello(instance: #""0123""#), [#""instance""#, "32 hexadecimal digits"]),
        (hello(instance: "\"\(String(repeating: "g", count: 32))\""), ["32 hexadecimal digits"]),
        (hello(pid: "2147483648"), [#""pid""#, "to 2147483647"]),
        (hello(interval: "0"), [#""interval_ms""#, "from 1 to 3600000"]),
        (#"{"t":"ping","agent":"a"}"#, [#""instance" of the "ping" line is missing"#]),
        (
            #"{"t":"strategy","s":"s","kind":"k","breaker":{"version":1}}"#,
            [#""breaker.state""#, "missing"]
        ),
        (
            #"{"t":"strategy","s":"s","kind":"k","breaker":{"state":"ajar","version":1}}"#,
            [#""breaker.state""#, "one of closed, open", "ajar"]
        ),
        (
            #"{"t":"strategy","s":"s","kind":"k","limits":[{"name":"n","value":1},{"name":"m"}]}"#,
            [#""limits[1].value""#, "missing"]
        ),
        (#"{"t":"strategy","s":"s","kind":"k","can":["open",5]}"#, [#""can[1]""#, "a string"]),
        (
            #"{"t":"call","s":"s","end":"maybe","attempts":1,"us":1}"#,
            [#""end""#, "ok, failed, rejected, cancelled", "maybe"]
        ),
        (
            #"{"t":"call","s":"s","end":"ok","attempts":1000001,"us":1}"#,
            [#""attempts""#, "1000000"]
        ),
        (
            #"{"t":"call","s":"s","end":"ok","attempts":1,"us":1,"errors":["a",""]}"#,
            [#""errors[1]""#]
        ),
        (
            #"{"t":"breaker","s":"s","version":1,"from":"closed","to":"open","by":"ghost"}"#,
            [#""by""#, "policy, operator, agent, adaptive"]
        ),
        (
            #"{"t":"limit","s":"s","name":"n","was":1,"value":1e999,"by":"agent"}"#,
            [#""value""#, "a double's range"]
        ),
        (
            #"{"t":"hello","v":1,"agent":"*","instance":"0123456789abcdef0123456789abcdef","pid":1}"#,
            [#""agent""#, "not `*`"]
        ),
        (delta(#""retries":{"01":1}"#), [#""retries.01""#, "number of retries"]),
        (delta(#""retries":{"1000001":1}"#), ["number of retries from 0 to 1000000"]),
        (delta(#""retries":{"":1}"#), ["number of retries"]),
        (delta(#""retries":{"1":-1}"#), [#""retries.1""#, "found -1"]),
        (delta(#""errors":{"":1}"#), ["an error type of 1 to 128 bytes"]),
        (delta(#""errors":{"\u001b[2J":"x"}"#), [#"errors.\x1b[2J"#]),
        (delta(#""latency":[[576,1]]"#), [#""latency[0]""#, "from 0 to 575", "576"]),
        (delta(#""latency":[[1,1],[1]]"#), [#""latency[1]""#, "a pair"]),
        (delta(#""latency":[[1,1,1]]"#), [#""latency[0]""#, "a pair"]),
        (delta(#""latency":[[1,1],[1,2]]"#), [#""latency[1]""#, "bucket 1 again"]),
        (delta(#""budget":{"remaining":1.5}"#), [#""budget.remaining""#, "from 0.0 to 1.0"]),
        (delta(#""budget":{"denied":1}"#), [#""budget.remaining""#, "missing"]),
        (
            delta(#""messages":{"E":"\#(String(repeating: "x", count: 257))"}"#),
            [#""messages.E""#, "257 bytes"]
        ),
        (#"{"t":"delta","s":"s","n":0,"ms":1}"#, [#""n""#, "from 1 to"]),
        (#"{"t":"command","id":"1","do":"reset"}"#, [#""s" of the "command" line is missing"#]),
        (#"{"t":"command","id":"1","do":"reset"}"#, [#""to" of the "command" line is missing"#]),
        (
            #"{"t":"command","id":"1","s":"s","do":"set_limit","name":"n"}"#,
            [#""value""#, "missing"]
        ),
        (#"{"t":"ack","id":"1","ok":"yes"}"#, [#""ok""#, "true or false"]),
        (#"{"t":"ack","id":"1","ok":false}"#, [#""code""#, "missing"]),
        (#"{"t":"command_status","id":"1","status":"lost"}"#, [#""status""#, "timed_out"]),
        (#"{"t":"history","s":"s","from":0}"#, [#""n" of the "history" line is missing"#]),
        (#"{"t":"history","s":"s","n":1}"#, [#""from" of the "history" line is missing"#]),
        (history(#""n":0"#), [#""n""#, "from 1 to 60"]),
        (history(#""n":61"#), [#""n""#, "from 1 to 60", "61"]),
        (history(#""n":1,"ok":[1,2]"#), [#""n""#, "the number of slots of every column"]),
        (history(#""errors":{"E":[1,2]},"n":1"#), [#""n""#, "the number of slots", "found 1"]),
        (history(#""n":2,"slots":[4]"#), [#""n""#, "the number of slots"]),
        (history(#""n":2,"slots":[4,4]"#), [#""slots[1]""#, "more than 4", "found 4"]),
        (history(#""n":1,"slots":[60]"#), [#""slots[0]""#, "from 0 to 59"]),
        (
            history(#""n":1,"ok":[\#(Array(repeating: "1", count: 61).joined(separator: ","))]"#),
            [#""ok[60]""#, "at most 60 slots"]
        ),
        (history(#""n":1,"ok":[-1]"#), [#""ok[0]""#, "found -1"]),
        (history(#""n":1,"retries":{"x":[1]}"#), [#""retries.x""#, "number of retries"]),
        (history(#""n":1,"errors":{"":[1]}"#), ["an error type of 1 to 128 bytes"]),
        (history(#""n":1,"errors":{"E":1}"#), [#""errors.E""#, "an array"]),
        (history(#""n":1,"latency":[[1]]"#), [#""latency[0]""#, "a pair"]),
        (history(#""n":1,"latency":[[1,1,0,1]]"#), [#""latency[0]""#, "later bucket"]),
        (history(#""n":1,"latency":[[500,1,76,1]]"#), [#""latency[0]""#, "the last is 575"]),
        (history(#""n":1,"facets":[{"budget":{}}]"#), [#""facets[0].budget.remaining""#]),
        // The type comes last; the error must still name it.
        (#"{"n":-1,"t":"lost"}"#, [#""n" of the "lost" line"#]),
    ])
    func errorNamesFieldAndExpectation(text: String, words: [String]) {
        let errors = Self.errors(text)
        #expect(errors.contains { error in words.allSatisfy(error.contains) }, "\(errors)")
    }

    /// What each direction says of a line.
    private static func errors(_ text: String) -> [String] {
        func error(_ type: (some WireMessage).Type) -> String? {
            do throws(WireError) {
                _ = try type.init(text)
                return nil
            } catch {
                return error.description
            }
        }
        return [
            error(AgentMessage.self), error(HubToAgentMessage.self), error(OperatorMessage.self),
            error(Line.self),
        ].compactMap(\.self)
    }

    @Test func errorShowsReceivedTextShortenedAndSafe() {
        let long =
            #"{"t":"lost","n":""# + "\u{202E}" + String(repeating: "x", count: 9_000) + #""}"#
        let error = #expect(throws: WireError.self) { try Line(long) }
        let description = error?.description ?? ""
        #expect(description.contains(#"\u{202e}xxx"#))
        #expect(description.utf8.count < 300)
    }

    @Test func decoderRejectsLineOverTheLimit() throws {
        func line(of bytes: Int) -> String {
            #"{"t":"beat","x":""# + String(repeating: "x", count: bytes - 19) + #""}"#
        }
        #expect(try Line(line(of: WireLimits.lineBytes - 1)) == Line(.beat))
        #expect(try Line(line(of: WireLimits.lineBytes - 1) + "\n") == Line(.beat))
        let tooLong = WireError.lineTooLong(limit: 65_536)
        #expect(throws: tooLong) { try Line(line(of: WireLimits.lineBytes)) }
    }

    @Test func decoderRejectsInvalidUTF8() {
        for byte: UInt8 in [0x80, 0xC0, 0xC1, 0xF5, 0xFF] {
            let bytes = Array(#"{"t":"ping","x":""#.utf8) + [byte] + Array(#""}"#.utf8)
            let error = #expect(throws: WireError.self) { try Line(decoding: bytes) }
            #expect(error?.description.contains("valid UTF-8") == true)
        }
    }

    private static func hello(
        agent: String = #""a""#, instance: String = "\"\(GoldenLine.planner.instance)\"",
        pid: String = "1", interval: String = "500"
    ) -> String {
        #"{"t":"hello","v":1,"agent":\#(agent),"instance":\#(instance),"pid":\#(pid),"#
            + #""client":"c","interval_ms":\#(interval)}"#
    }

    private static func delta(_ field: String) -> String {
        #"{"t":"delta","s":"s","n":1,"ms":500,\#(field)}"#
    }

    private static func history(_ fields: String) -> String {
        #"{"t":"history","s":"s","from":0,\#(fields)}"#
    }
}
