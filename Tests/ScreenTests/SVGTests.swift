import Screen
import Testing

@Suite struct SVGTests {
    private let theme = Theme(
        name: "test", background: .dark,
        looks: [
            .open: Theme.Appearance(
                foreground: Theme.Tint(.rgb(255, 0, 0)), background: Theme.Tint(.rgb(32, 0, 0))),
            .selection: Theme.Appearance(attributes: .reverse),
        ])

    @Test func imageHasEveryAttributeColourAndWideCharacter() {
        var grid = Grid(width: 12, height: 3)
        grid.put("a<b", x: 0, y: 0, style: Style(.text, .bold))
        grid.put("&c", x: 4, y: 0, style: Style(.text, .dim))
        grid.put("u v", x: 7, y: 0, style: Style(.text, .underline))
        grid.put("日本", x: 1, y: 1, style: Style(.open))
        grid.put("on", x: 8, y: 1, style: Style(.open, on: .selection))
        grid.put("rev", x: 0, y: 2, style: Style(.text, .reverse))
        #expect(
            theme.svg(grid) == #"""
                <svg xmlns="http://www.w3.org/2000/svg" width="108" height="54" viewBox="0 0 108 54">
                <rect width="100%" height="100%" fill="#101418"/>
                <g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="15" xml:space="preserve">
                <text x="0" y="14" textLength="27" lengthAdjust="spacingAndGlyphs" fill="#d0d0d0" font-weight="bold">a&lt;b</text>
                <text x="36" y="14" textLength="18" lengthAdjust="spacingAndGlyphs" fill="#d0d0d0" fill-opacity="0.6">&amp;c</text>
                <text x="63" y="14" textLength="27" lengthAdjust="spacingAndGlyphs" fill="#d0d0d0" text-decoration="underline">u v</text>
                <rect x="9" y="18" width="36" height="18" fill="#200000"/>
                <text x="9" y="32" textLength="36" lengthAdjust="spacingAndGlyphs" fill="#ff0000">日本</text>
                <rect x="72" y="18" width="18" height="18" fill="#d0d0d0"/>
                <text x="72" y="32" textLength="18" lengthAdjust="spacingAndGlyphs" fill="#101418">on</text>
                <rect x="0" y="36" width="27" height="18" fill="#d0d0d0"/>
                <text x="0" y="50" textLength="27" lengthAdjust="spacingAndGlyphs" fill="#101418">rev</text>
                </g>
                </svg>

                """#)
    }

    @Test func themesForALightBackgroundAreDrawnDarkOnLight() {
        var grid = Grid(width: 2, height: 1)
        grid.put("x", x: 0, y: 0)
        let image = Theme(name: "test", background: .light).svg(grid)
        #expect(image.contains(##"height="100%" fill="#ffffff""##))
        #expect(image.contains(##"fill="#1c1c1c">x</text>"##))
    }
}
