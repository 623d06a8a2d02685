import CNCurses
import Screen
import Testing

@testable import Terminal

@Suite struct KeyDecoderTests {
    private var decoder = KeyDecoder()

    /// Decodes characters that are read in one burst.
    private mutating func keys(_ text: String) -> [Key] {
        text.unicodeScalars.flatMap { decoder.decode(FUSE_KEY_CHARACTER, $0) } + decoder.endBurst()
    }

    private mutating func keys(_ kind: Int) -> [Key] { decoder.decode(kind, nil) }

    @Test mutating func pastedTextIsOneKey() {
        #expect(keys(FUSE_KEY_PASTE_BEGIN).isEmpty)
        #expect(keys("o\t\r").isEmpty)
        #expect(keys(FUSE_KEY_PASTE_END) == [.paste("o  ")])
        #expect(keys("o") == [.character("o")])
    }

    @Test mutating func decoderDropsRestOfPasteAfterAPause() {
        _ = keys(FUSE_KEY_PASTE_BEGIN)
        _ = keys("some")
        #expect(decoder.fallSilent(for: KeyDecoder.silence) == [.paste("some")])
        #expect(!decoder.isPasting)
        #expect(keys("o\t\r").isEmpty)
        #expect(keys(FUSE_KEY_UP).isEmpty)
        #expect(keys(FUSE_KEY_PASTE_END).isEmpty)
        #expect(keys("o") == [.character("o")])
    }

    @Test mutating func singleEscapeEndsUnfinishedPaste() {
        _ = keys(FUSE_KEY_PASTE_BEGIN)
        _ = decoder.fallSilent(for: KeyDecoder.silence)
        #expect(keys("o\t\r\u{1B}o\r").isEmpty)
        #expect(decoder.fallSilent(for: KeyDecoder.silence).isEmpty)
        #expect(keys("o\u{1B}").isEmpty)
        #expect(decoder.fallSilent(for: .milliseconds(100)).isEmpty)
        #expect(keys("o\u{1B}").isEmpty)
        #expect(decoder.fallSilent(for: KeyDecoder.silence).isEmpty)
        #expect(keys("o") == [.character("o")])
    }

    @Test mutating func longPauseEndsUnfinishedPaste() {
        _ = keys(FUSE_KEY_PASTE_BEGIN)
        _ = decoder.fallSilent(for: KeyDecoder.silence)
        #expect(decoder.fallSilent(for: .seconds(1)).isEmpty)
        #expect(keys("o").isEmpty)
        #expect(decoder.fallSilent(for: KeyDecoder.longSilence).isEmpty)
        #expect(keys("o") == [.character("o")])
    }

    /// Splits the end sequence at each position, as on a line too slow for ncurses to join it.
    @Test(arguments: 0...6, [false, true])
    mutating func pasteEndIsFoundWhenItArrivesInPieces(split: Int, isLate: Bool) {
        let end = "\u{1B}[201~"
        let place = end.index(end.startIndex, offsetBy: split)
        _ = keys(FUSE_KEY_PASTE_BEGIN)
        var seen = keys("some[2")
        if isLate { seen += decoder.fallSilent(for: KeyDecoder.silence) }
        seen += keys(String(end[..<place])) + keys(end[place...] + "o")
        #expect(seen == [.paste("some[2"), .character("o")])
    }

    @Test mutating func secondPasteIsASeparateKey() {
        _ = keys(FUSE_KEY_PASTE_BEGIN)
        _ = keys("a")
        #expect(keys(FUSE_KEY_PASTE_BEGIN) == [.paste("a")])
        _ = keys("b")
        _ = decoder.fallSilent(for: KeyDecoder.silence)
        _ = keys(FUSE_KEY_PASTE_BEGIN)
        _ = keys("c")
        #expect(keys(FUSE_KEY_PASTE_END) == [.paste("c")])
    }

    @Test mutating func decoderReportsSingleEscapeAndDropsUnknownSequences() {
        #expect(keys("\u{1B}") == [.escape])
        #expect(keys("\u{1B}[1;5Zo") == [.character("o")])
        #expect(keys("\u{1B}OQo") == [.character("o")])
        #expect(keys("\u{1B}o") == [.escape, .character("o")])
    }
}
