import Screen
import Testing

@Suite struct ChartTests {
    @Test func sparklineShowsLevelsMarkersAndGaps() {
        let points: [Sparkline.Point] =
            (0...7).map { .value(Double($0) / 7) } + [.marker(.rejected), .marker(.noData), .gap]
        let line = Sparkline(points)
        #expect(line.spans(width: 11, glyphs: .unicode).text == "▁▂▃▄▅▆▇█x· ")
        #expect(line.spans(width: 11, glyphs: .ascii).text == "_,-:=+*#x. ")
    }

    @Test func sparklineShowsNewestPointsOnTheRight() {
        let line = Sparkline([.value(0), .value(0), .value(1)])
        #expect(line.spans(width: 2, glyphs: .unicode).text == "▁█")
        #expect(line.spans(width: 5, glyphs: .unicode).text == "  ▁▁█")
        #expect(line.spans(width: 0, glyphs: .unicode).isEmpty)
        #expect(line.spans(width: -1, glyphs: .unicode).isEmpty)
    }

    @Test func sparklineDrawsAnyNumber() {
        let values = [Double.nan, .infinity, -.infinity, -1, 2, .greatestFiniteMagnitude]
        let line = Sparkline(values.map { .value($0) })
        #expect(line.spans(width: 6, glyphs: .unicode).text == "▁█▁▁██")
        #expect(
            Sparkline([.value(5)], from: 5, to: 5).spans(width: 1, glyphs: .unicode).text == "▄")
    }

    @Test(arguments: [
        (0.0, ""), (0.001, "▏"), (0.25, "█"), (0.29, "█▏"), (0.5, "██"), (0.999, "███▉"),
        (1.0, "████"), (7.0, "████"), (-1.0, ""), (.nan, ""),
    ])
    func barsGrowInEighths(fraction: Double, text: String) {
        #expect(Bar(fraction).text(width: 4, glyphs: .unicode) == text)
        #expect(Bar(fraction).padded(width: 4, glyphs: .unicode).count == 4)
    }

    @Test func barsHaveAnASCIIForm() {
        #expect(Bar(0.8).text(width: 4, glyphs: .ascii) == "###-")
        #expect(Bar(0.95).text(width: 4, glyphs: .ascii) == "###=")
    }
}

@Suite struct GlyphTests {
    @Test func everyGlyphTakesOneColumn() {
        for glyph in Glyph.allCases {
            #expect(DisplayWidth.of(Glyphs.unicode[glyph]) == 1)
            #expect(Glyphs.ascii[glyph].isASCII)
        }
    }

    @Test(arguments: [Glyphs.unicode, .ascii])
    func everyStateHasItsOwnGlyph(glyphs: Glyphs) {
        let states: [Glyph] = [.closed, .open, .halfOpen, .forced, .disabled, .stale]
        #expect(Set(states.map { glyphs[$0] }).count == states.count)
    }

    @Test(arguments: [Glyphs.unicode, .ascii])
    func sparklineLevelsHaveDifferentGlyphs(glyphs: Glyphs) {
        let levels: [Glyph] = [
            .level1, .level2, .level3, .level4, .level5, .level6, .level7, .level8, .noData,
            .rejected,
        ]
        #expect(Set(levels.map { glyphs[$0] }).count == levels.count)
    }
}
