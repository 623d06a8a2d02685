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
            let line = try Line(example)
            var bytes: [UInt8] = []
            line.encode(into: &bytes)
            #expect(String(decoding: bytes, as: UTF8.self) == example + "\n")
        }
    }

    @Test func everyLineTypeHasAnExample() throws {
        let decoder = try String(
            contentsOf: Self.sources.appending(path: "Codec/Message+Decoding.swift"),
            encoding: .utf8)
        let types = Set(decoder.matches(of: /case "(\w+)": self =/).map { String($0.1) })
        #expect(types.count >= 30)
        var shown: Set<String> = []
        for example in try Self.examples() {
            let message = try Line(example).message
            if case .unknown = message { Issue.record("unknown type: \(example)") }
            shown.insert(message.type)
        }
        #expect(types.subtracting(shown).sorted() == [])
    }

    @Test func everyFieldIsDocumented() throws {
        let page = try Self.page()
        let codec = Self.sources.appending(path: "Codec")
        var fields: Set<String> = []
        for name in try FileManager.default.contentsOfDirectory(atPath: codec.path) {
            let code = try String(contentsOf: codec.appending(path: name), encoding: .utf8)
            for labels in code.matches(of: /case ("\w+"(?:, "\w+")*):/) {
                fields.formUnion(labels.1.matches(of: /\w+/).map { String($0.0) })
            }
        }
        #expect(fields.count >= 90)
        #expect(fields.filter { !page.contains("`\($0)`") }.sorted() == [])
    }
}
