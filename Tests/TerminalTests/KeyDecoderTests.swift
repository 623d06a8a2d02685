import CNCurses
import Screen
import Testing

@testable import Terminal

@Suite struct KeyDecoderTests {
    private var decoder = KeyDecoder()

    /// What comes of characters, read in one go.
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

    @Test mutating func whatComesAfterASilenceInPastedTextIsNoKey() {
        _ = keys(FUSE_KEY_PASTE_BEGIN)
        _ = keys("some")
        #expect(decoder.breakPaste() == [.paste("some")])
        #expect(!decoder.isPasting)
        #expect(keys("o\t\r").isEmpty)
        #expect(keys(FUSE_KEY_UP).isEmpty)
        #expect(keys(FUSE_KEY_PASTE_END).isEmpty)
        #expect(keys("o") == [.character("o")])
    }

    @Test mutating func anEscapeAloneEndsTheWaitForAnEnd() {
        _ = keys(FUSE_KEY_PASTE_BEGIN)
        _ = decoder.breakPaste()
        #expect(keys("o\t\r\u{1B}o\r").isEmpty)
        #expect(keys("\u{1B}").isEmpty)
        #expect(keys("o") == [.character("o")])
    }

    /// As on a line where its bytes are too far apart for ncurses.
    @Test(arguments: [false, true]) mutating func anEndOfSingleBytesIsAnEnd(isLate: Bool) {
        _ = keys(FUSE_KEY_PASTE_BEGIN)
        _ = keys("some[2")
        if isLate { #expect(decoder.breakPaste() == [.paste("some[2")]) }
        #expect(keys("\u{1B}[201~o") == (isLate ? [] : [.paste("some[2")]) + [.character("o")])
    }

    @Test mutating func anotherPasteIsATextOfItsOwn() {
        _ = keys(FUSE_KEY_PASTE_BEGIN)
        _ = keys("a")
        #expect(keys(FUSE_KEY_PASTE_BEGIN) == [.paste("a")])
        _ = keys("b")
        _ = decoder.breakPaste()
        _ = keys(FUSE_KEY_PASTE_BEGIN)
        _ = keys("c")
        #expect(keys(FUSE_KEY_PASTE_END) == [.paste("c")])
    }

    @Test mutating func anEscapeAloneIsAKeyAndASequenceIsDropped() {
        #expect(keys("\u{1B}") == [.escape])
        #expect(keys("\u{1B}[1;5Zo") == [.character("o")])
        #expect(keys("\u{1B}OQo") == [.character("o")])
        #expect(keys("\u{1B}o") == [.escape, .character("o")])
    }
}
