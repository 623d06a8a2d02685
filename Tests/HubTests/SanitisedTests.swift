import ResilienceWire
import Testing

@testable import Hub

/// Swift holds texts of other bytes for equal, and orders them by more than their bytes; the lists
/// of a line are in the order of the bytes that an agent sent.
@Suite struct SanitisedTests {
    func counters(_ line: String) throws -> Counters {
        let message = try Line(decoding: Array(line.utf8)).message
        guard case .delta(let delta) = message.sanitised(strategy: { $0 }) else {
            Issue.record("no delta: \(message)")
            return Counters()
        }
        return delta.counters
    }

    @Test(arguments: [
        #""\u00e9":1,"e\u0301":2"#, #""e\u0301":2,"\u00e9":1"#, #""e\u0301":2,"f":4,"\u00e9":1"#,
        #""\u00e9":1,"f":4,"e\u0301":2"#, #""f":4,"e\u0301":1,"a":1,"\u00e9":2"#,
    ]) func errorTypesThatAreEqualTextsAreCountedAsOne(errors: String) throws {
        let list = try counters(#"{"t":"delta","s":"a","n":1,"ms":1,"errors":{\#(errors)}}"#).errors
        #expect(list.first { $0.type == "\u{e9}" }?.count == 3)
        #expect(zip(list, list.dropFirst()).allSatisfy { $0.type < $1.type })
    }

    @Test func messagesAreOneForEachTypeAndInOrder() throws {
        let list = try counters(
            #"{"t":"delta","s":"a","n":1,"ms":1,"messages":{"\u00e9":"x","f":"y","e\u0301":"z"}}"#
        ).messages
        #expect(list.map(\.type) == ["f", "\u{e9}"])
    }

    @Test func typesThatGrowByBeingMadeSafeAreCutAsTheStreamCutsThem() throws {
        let type = String(repeating: "\\u0001", count: 100)
        let list = try counters(
            #"{"t":"delta","s":"a","n":1,"ms":1,"errors":{"\#(type)":1}}"#
        ).errors
        #expect(list.first?.type.utf8.count == 128)
    }
}
