import Screen
import Testing

@Suite struct GridTests {
    @Test func textIsClippedOnEverySide() {
        var grid = Grid(width: 5, height: 2)
        grid.put("abcdefgh", x: 2, y: 0)
        grid.put("abcdefgh", x: -3, y: 1, maxWidth: 5)
        grid.put("never", x: 0, y: 2)
        grid.put("never", x: 0, y: -1)
        #expect(grid.text == ["  abc", "de"])
    }

    @Test func wideCharacterIsLeftOutIfItDoesNotFit() {
        var grid = Grid(width: 5, height: 1)
        let end = grid.put("日本語", x: 0, y: 0)
        #expect(end == 4)
        #expect(grid.text == ["日本"])
        #expect(grid.cell(x: 1, y: 0)?.extent == .continuation)
        #expect(grid.cell(x: 4, y: 0)?.character == " ")
    }

    @Test(arguments: [(0, "x 本"), (1, " x本"), (2, "日x"), (3, "日 x")])
    func halfOfAWideCharacterBecomesBlank(x: Int, expected: String) {
        var grid = Grid(width: 4, height: 1)
        grid.put("日本", x: 0, y: 0)
        grid.put("x", x: x, y: 0)
        #expect(grid.text == [expected])
    }

    @Test func wideCharacterOverTwoOthersBlanksTheirHalves() {
        var grid = Grid(width: 4, height: 1)
        grid.put("日本", x: 0, y: 0)
        grid.put("語", x: 1, y: 0)
        #expect(grid.text == [" 語"])
        #expect(grid.row(0).map(\.extent) == [.single, .wide, .continuation, .single])
    }

    @Test func combiningMarksStayOnTheirBaseAndAreLimited() {
        var grid = Grid(width: 6, height: 1)
        grid.put("\u{301}e\u{301}x" + String(repeating: "\u{302}", count: 50), x: 0, y: 0)
        #expect(grid.cell(x: 0, y: 0)?.character == "e\u{301}")
        #expect(grid.cell(x: 1, y: 0)?.character.unicodeScalars.count == 5)
        #expect(grid.cell(x: 2, y: 0)?.character == " ")
    }

    @Test func gridReplacesControlCharacters() {
        let bad = "\u{1B}[31m\u{7}\n\u{9B}\u{202E}\u{200B}\u{FEFF}\u{2028}\u{E0041}\u{FE0F}"
        var grid = Grid(width: 30, height: 1)
        let end = grid.put(bad, x: 0, y: 0)
        #expect(grid.text == ["�[31m���������"])
        #expect(end == DisplayWidth.of(bad))
    }

    @Test func stylesAreListedPerRow() {
        var grid = Grid(width: 6, height: 1)
        grid.put([Span("ab"), Span("cd", .open, .bold)], x: 0, y: 0)
        grid.restyle(Rect(x: 3, y: 0, width: 9, height: 9)) { $0.ground = .selection }
        #expect(
            grid.styles == [
                ["2-2 open+bold", "3-3 open+bold on selection", "4-5 text on selection"]
            ])
    }

    @Test func fillStaysInsideEvenTinyGrids() {
        var grid = Grid(width: 3, height: 2)
        grid.fill(Rect(x: 1, y: -1, width: 9, height: 2), "#")
        #expect(grid.text == [" ##", ""])
        for size in [(0, 0), (1, 1), (-1, 5)] {
            var tiny = Grid(width: size.0, height: size.1)
            tiny.box(tiny.bounds, glyphs: .unicode, title: ["title"])
            tiny.fill(tiny.bounds, "日")
            tiny.put("日", x: 0, y: 0)
            #expect(tiny.text.allSatisfy { $0.isEmpty })
        }
    }

    @Test func overlappingBoxesShareLines() {
        var grid = Grid(width: 13, height: 5)
        grid.box(Rect(width: 13, height: 3), glyphs: .unicode, title: ["Top"])
        grid.box(Rect(x: 0, y: 2, width: 7, height: 3), glyphs: .unicode, title: ["A"])
        grid.box(Rect(x: 6, y: 2, width: 7, height: 3), glyphs: .unicode, title: ["B"])
        #expect(
            grid.text == [
                "┌Top────────┐",
                "│           │",
                "├A────┬B────┤",
                "│     │     │",
                "└─────┴─────┘",
            ])
    }

    @Test func boxesHaveAnASCIIForm() {
        var grid = Grid(width: 4, height: 3)
        grid.box(grid.bounds, glyphs: .ascii)
        #expect(grid.text == ["+--+", "|  |", "+--+"])
    }
}
