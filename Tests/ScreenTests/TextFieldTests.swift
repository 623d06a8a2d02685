import Screen
import Testing

@Suite struct TextFieldTests {
    @Test func textIsEditedAtTheCursor() {
        var field = TextField("pay")
        press(&field, .home, .character("x"), .right, .delete, .end, .paste("/日本"), .backspace)
        #expect(field.text == "xpy/日")
        #expect(field.cursor == 5)
        press(&field, .left, .left, .control("k"))
        #expect(field.text == "xpy")
        press(&field, .control("u"))
        #expect(field.isEmpty)
    }

    @Test func emptyFieldIgnoresEditingKeys() {
        var field = TextField()
        press(&field, .left, .right, .backspace, .delete, .control("k"), .control("w"))
        #expect(field == TextField())
    }

    @Test func controlWRemovesWordWithItsBlanks() {
        var field = TextField("state:open  err:x  ")
        press(&field, .control("w"))
        #expect(field.text == "state:open  ")
    }

    @Test func fieldIgnoresOtherKeys() {
        var field = TextField("a")
        for key in [Key.enter, .escape, .tab, .backTab, .up, .down, .control("g")] {
            let isKnown = field.handle(key)
            #expect(!isKnown)
        }
        #expect(field == TextField("a"))
    }

    @Test func controlsBecomeBlanksAndTheLengthIsLimited() {
        var field = TextField()
        field.insert("a\nb\u{1B}c")
        #expect(field.text == "a b c")
        field.insert(String(repeating: "x", count: 9000))
        #expect(field.text.count == TextField.limit)
    }

    @Test(arguments: 0...12)
    func cursorStaysVisible(width: Int) {
        var field = TextField("日本語abc")
        for _ in 0...7 {
            let spans = field.spans(width: width)
            #expect(spans.width <= max(width, 2))
            #expect(width == 0 || spans.contains { $0.style.attributes.contains(.reverse) })
            press(&field, .left)
        }
    }

    private func press(_ field: inout TextField, _ keys: Key...) {
        for key in keys {
            let isKnown = field.handle(key)
            #expect(isKnown)
        }
    }
}
