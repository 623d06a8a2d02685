import ResilienceWire
import TestSupport
import Testing

@Suite struct SafeTextTests {
    @Test(arguments: [
        ("", ""),
        ("pay/stripe ~!", "pay/stripe ~!"),
        (#"C:\temp \x1b"#, #"C:\temp \x1b"#),
        ("\u{1B}[31mred", #"\x1b[31mred"#),
        ("a\u{0}b\tc\nd\u{7F}", #"a\x00b\x09c\x0ad\x7f"#),
        ("\u{9B}2J\u{85}", #"\x9b2J\x85"#),
        ("\u{202E}abc\u{2066}", #"\u{202e}abc\u{2066}"#),
        ("a\u{200B}b\u{200D}c\u{FEFF}", #"a\u{200b}b\u{200d}c\u{feff}"#),
        ("a\u{AD}b\u{34F}\u{3164}", #"a\u{ad}b\u{34f}\u{3164}"#),
        ("a\u{2028}b\u{2029}", #"a\u{2028}b\u{2029}"#),
        ("\u{E000}\u{FFFF}\u{10FFFF}", #"\u{e000}\u{ffff}\u{10ffff}"#),
        ("\u{E0041}", #"\u{e0041}"#),
        ("naïve 東京 Ω", "naïve 東京 Ω"),
        ("👍", "👍"),
        ("👩\u{200D}🚀", #"👩\u{200d}🚀"#),
        ("e\u{301}\u{302}", "e\u{301}\u{302}"),
        ("e\u{301}\u{302}\u{303}\u{304}x\u{301}", "e\u{301}\u{302}\\u{303}\\u{304}x\u{301}"),
        ("\u{301}\u{302}a", #"\u{301}\u{302}a"#),
    ])
    func sanitiseEscapesMisleadingCharacters(text: String, safe: String) {
        #expect(Array(SafeText.sanitise(text).utf8) == Array(safe.utf8))
    }

    @Test(arguments: [
        ("abcdef", 3, "abc"), ("abc", 3, "abc"), ("ééé", 3, "é"), ("ab\u{1B}", 5, "ab"),
        ("ab\u{1B}", 6, #"ab\x1b"#), ("abc", 0, ""),
    ])
    func sanitiseCutsBeforeFirstCharacterThatDoesNotFit(text: String, maxBytes: Int, safe: String) {
        #expect(SafeText.sanitise(text, maxBytes: maxBytes) == safe)
    }

    @Test func sanitiseIsIdempotent() {
        var random = SplitMix64(seed: 2)
        for _ in 0..<3_000 {
            let text = String.random(length: 12, using: &random)
            let maxBytes = Int.random(in: 0...60, using: &random)
            let once = SafeText.sanitise(text, maxBytes: maxBytes)
            let twice = SafeText.sanitise(once, maxBytes: maxBytes)
            #expect(Array(once.utf8) == Array(twice.utf8))
            #expect(once.utf8.count <= maxBytes)
            #expect(once.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        }
    }
}
