import Foundation
import ResilienceWire
import TestSupport
import Testing

/// Compares the protocol's page with the decoder and the encoder.
@Suite struct ProtocolPageTests {
    private static let sources = Tool.root.appending(path: "Sources/ResilienceWire")

    private static func page() throws -> String {
        try String(
            contentsOf: sources.appending(path: "ResilienceWire.docc/Protocol.md"), encoding: .utf8)
    }

    /// Returns the lines of the page's JSON blocks, in order.
    private static func examples() throws -> [String] {
        try page().components(separatedBy: "```json\n").dropFirst().flatMap { block in
            block.components(separatedBy: "\n```")[0].split(separator: "\n").map(String.init)
        }
    }

    @Test func everyExampleRoundTrips() throws {
        let examples = try Self.examples()
        #expect(examples.count >= 30)
        for example in examples {
            // A direction to which the line does not belong refuses it or leaves its fields out.
            let again = [
                try? AgentMessage(example).encoded, try? HubToAgentMessage(example).encoded,
                try? OperatorMessage(example).encoded, try? Line(example).encoded,
            ].compactMap { $0.map { String(decoding: $0, as: UTF8.self) } }
            #expect(again.contains(example + "\n"))
        }
    }

    @Test func everyLineTypeHasAnExample() throws {
        let shown = try Self.examples().map { String($0.split(separator: "\"")[3]) }
        #expect(Set(shown) == WireLimits.lineTypes)
    }

    @Test func everyFieldIsDocumented() throws {
        let page = try Self.page()
        var fields: Set<String> = []
        for name in try FileManager.default.subpathsOfDirectory(atPath: Self.sources.path)
        where name.hasSuffix(".swift") {
            let code = try String(contentsOf: Self.sources.appending(path: name), encoding: .utf8)
            for labels in code.matches(of: /case ("\w+"(?:, "\w+")*):/) {
                fields.formUnion(labels.1.matches(of: /\w+/).map { String($0.0) })
            }
        }
        #expect(fields.count >= 90)
        #expect(fields.filter { !page.contains("`\($0)`") }.sorted() == [])
    }
}
