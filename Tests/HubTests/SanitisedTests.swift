import ResilienceWire
import TestSupport
import Testing

@testable import Hub

/// Swift compares strings by canonical equivalence, but agents sort the lists of a line by bytes.
@Suite struct SanitisedTests {
    func counters(_ line: String) throws -> Counters {
        let message = try AgentMessage(decoding: Array(line.utf8))
        guard case .delta(var delta) = message else {
            Issue.record("no delta: \(message)")
            return Counters()
        }
        delta.sanitise()
        return delta.counters
    }

    @Test(arguments: [
        #""\u00e9":1,"e\u0301":2"#, #""e\u0301":2,"\u00e9":1"#, #""e\u0301":2,"f":4,"\u00e9":1"#,
        #""\u00e9":1,"f":4,"e\u0301":2"#, #""f":4,"e\u0301":1,"a":1,"\u00e9":2"#,
    ]) func equalErrorTypesAreMerged(errors: String) throws {
        let list = try counters(#"{"t":"delta","s":"a","n":1,"ms":1,"errors":{\#(errors)}}"#).errors
        #expect(list.first { $0.type == "\u{e9}" }?.count == 3)
        #expect(zip(list, list.dropFirst()).allSatisfy { $0.type < $1.type })
    }

    @Test func messagesAreUniqueByTypeAndSorted() throws {
        let list = try counters(
            #"{"t":"delta","s":"a","n":1,"ms":1,"messages":{"\u00e9":"x","f":"y","e\u0301":"z"}}"#
        ).messages
        #expect(list.map(\.type) == ["f", "\u{e9}"])
    }

    @Test func safeErrorTypesAreCutToTheNameLimit() throws {
        let type = String(repeating: "\\u0001", count: 100)
        let list = try counters(
            #"{"t":"delta","s":"a","n":1,"ms":1,"errors":{"\#(type)":1}}"#
        ).errors
        #expect(list.first?.type.utf8.count == 128)
    }
}

/// The hub sends safe text, so readers that sanitise it again must not change names.
@Suite struct SanitisedNamesTests {
    @Test func readersLeaveSafeTextUnchanged() throws {
        var lines = RandomLines(seed: 21)
        for _ in 0..<10_000 {
            let message: StreamMessage
            switch lines.agentMessage() {
            case .delta(var delta):
                delta.strategy = "pay"
                delta.sanitise()
                message = .delta(delta)
            case let other:
                guard let safe = StreamMessage(other, strategy: "pay") else { continue }
                message = safe
            }
            var bytes: [UInt8] = []
            Line(
                at: 1,
                source: InstanceID(agent: "planner", instance: InstanceDigits(repeating: "a")),
                message
            ).encode(into: &bytes)
            #expect(try Line(decoding: bytes, texts: .safe) == Line(decoding: bytes))
        }
    }
}
