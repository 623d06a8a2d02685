import Foundation
import TestSupport
import Testing

@testable import ResilienceWire

/// Tests of the grammar of RFC 8259, modelled on JSONTestSuite. Foundation's parser must give the
/// same result, except for the listed deviations.
@Suite struct JSONGrammarTests {
    @Test(arguments: JSONTexts.valid)
    func decoderAcceptsValidJSON(text: String) {
        #expect(isValid(text))
        if !JSONTexts.refusedByFoundation.contains(text) { #expect(foundationAccepts(text)) }
    }

    @Test(arguments: JSONTexts.invalid)
    func decoderRejectsInvalidJSON(text: String) {
        #expect(!isValid(text))
        if !JSONTexts.acceptedByFoundation.contains(text) { #expect(!foundationAccepts(text)) }
    }

    @Test(arguments: JSONTexts.invalidBytes)
    func decoderRejectsInvalidBytes(bytes: [UInt8]) {
        #expect(throws: WireError.self) { try JSONScanner.check(bytes.span) }
    }

    @Test func listedTextsDeviateFromFoundation() {
        for text in JSONTexts.refusedByFoundation { #expect(!foundationAccepts(text), "\(text)") }
        for text in JSONTexts.acceptedByFoundation { #expect(foundationAccepts(text), "\(text)") }
    }

    @Test func decoderLimitsNestingTo32Levels() {
        func nested(_ depth: Int) -> [String] {
            [
                String(repeating: "[", count: depth) + String(repeating: "]", count: depth),
                String(repeating: #"{"a":"#, count: depth) + "1"
                    + String(repeating: "}", count: depth),
            ]
        }
        for text in nested(32) { #expect(isValid(text)) }
        for text in nested(33) + nested(20_000) { #expect(!isValid(text)) }
        // Neighbouring arrays and objects do not add to the depth.
        #expect(isValid("[" + String(repeating: "[[],{}],", count: 100) + "0]"))
    }

    @Test func decoderRejectsEveryTruncatedLine() {
        for golden in GoldenLine.all {
            let bytes = Array(golden.text.utf8)
            for end in 0..<bytes.count {
                #expect(throws: WireError.self) { try JSONScanner.check(Array(bytes[..<end]).span) }
            }
        }
    }

    @Test(arguments: [
        "0", "-0.0", "1.5", "0.1", "123456789012345678", "1e22", "1e23", "8.5e-5", "5e-324",
        "2.2250738585072014e-308", "1.7976931348623157e308", "9007199254740993", "1e-400",
        "0.30000000000000004", "123456789.123456789e-7", "100000000000000000000000",
        "4.35679e-10", "179769313486231570000",
    ])
    func decoderRoundsDoublesCorrectly(text: String) throws {
        var scanner = JSONScanner(Array(text.utf8).span)
        #expect(try scanner.double() == Double(text))
    }

    @Test func decoderRoundsRandomDoublesCorrectly() throws {
        var random = SplitMix64(seed: 3)
        for _ in 0..<5_000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            let bytes = Array(value.description.utf8)
            var scanner = JSONScanner(bytes.span)
            #expect(try scanner.double() == value)
        }
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u0000""#, "\u{0}"),
        (#""\u00e9\u20AC""#, "é€"), (#""\ud83d\ude00!""#, "😀!"), (#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
        (#""é€😀""#, "é€😀"),
        (
            #""a long string without anything special in it""#,
            "a long string without anything special in it"
        ),
    ])
    func decoderReadsEscapedStrings(text: String, expected: String) throws {
        let bytes = Array(text.utf8)
        var scanner = JSONScanner(bytes.span)
        #expect(try scanner.string(0...100) == expected)
        #expect(scanner.position == bytes.count)
    }

    private func isValid(_ text: String) -> Bool {
        (try? JSONScanner.check(Array(text.utf8).span)) != nil
    }

    private func foundationAccepts(_ text: String) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed))
            != nil
    }
}
