import Screen
import Testing

@Suite struct ANSITextTests {
    private let theme = Theme(
        name: "t",
        looks: [
            .open: .init(
                foreground: .init(.rgb(255, 0, 0), at16: 9), background: .init(.indexed(0)),
                attributes: [.bold, .reverse])
        ])

    @Test func eachDepthHasItsEscapeCodes() {
        let spans = [Span("a"), Span("X", .open)]
        #expect(theme.ansi(spans, depth: .palette256) == "a\u{1B}[1;7;38;5;196;40mX\u{1B}[0m")
        #expect(theme.ansi(spans, depth: .sixteen) == "a\u{1B}[1;7;91;40mX\u{1B}[0m")
        #expect(theme.ansi(spans, depth: .eight) == "a\u{1B}[1;7;31;40mX\u{1B}[0m")
        #expect(theme.ansi(spans, depth: .none) == "a\u{1B}[1;7mX\u{1B}[0m")
    }

    @Test func ansiTextReplacesControlCharacters() {
        #expect(theme.ansi([Span("a\u{1B}[31mb")], depth: .none) == "a\u{FFFD}[31mb")
    }
}
