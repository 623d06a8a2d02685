import Testing

@testable import fusebox

@Suite struct TextTableTests {
    @Test func wideCharactersKeepTheColumns() {
        let text = TextTable.text(
            header: ["AGENT", "STATE"], [["漢字エージェント", "open"], ["e\u{301}te\u{301}", "closed"]])
        #expect(
            text == """
                AGENT             STATE
                漢字エージェント  open
                e\u{301}te\u{301}               closed
                """)
    }
}
