import Screen
import Testing

@Suite struct DisplayWidthTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("한", 2), ("ｱ", 1), ("Ａ", 2),
        ("●○◐⊘◌", 5), ("▁▂█▏", 4), ("│┌┼", 3), ("\u{1B}", 1), ("\u{FE0F}", 1), ("👍", 2),
    ])
    func widthMatchesTerminalColumns(text: String, width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }

    @Test func clippingNeverExceedsTheWidth() {
        let text = "a日e\u{301}本b語"
        for width in 0...12 {
            let plain = DisplayWidth.clip(text, to: width)
            let marked = DisplayWidth.clip(text, to: width, ellipsis: "…")
            #expect(DisplayWidth.of(plain) <= width)
            #expect(DisplayWidth.of(marked) <= width)
            #expect(text.hasPrefix(plain))
            #expect(marked.hasSuffix("…") == (width > 0 && width < DisplayWidth.of(text)))
        }
    }

    @Test func spansAreClippedToTotalWidth() {
        let spans = [Span("ab", .ok), Span("cd", .open)]
        #expect(spans.clipped(to: 4, ellipsis: "…") == spans)
        #expect(spans.clipped(to: 3, ellipsis: "…") == [Span("ab", .ok), Span("…", .open)])
        #expect(spans.clipped(to: 2, ellipsis: "…") == [Span("a…", .ok)])
        #expect(spans.clipped(to: 2) == [Span("ab", .ok)])
        #expect(spans.clipped(to: 0, ellipsis: "…").isEmpty)
    }
}
