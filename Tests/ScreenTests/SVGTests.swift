import Screen
import Testing

@Suite struct SVGTests {
    private let theme = Theme(
        name: "test", background: .dark,
        looks: [
            .open: Theme.Look(
                foreground: Theme.Tint(.rgb(255, 0, 0)), background: Theme.Tint(.rgb(32, 0, 0))),
            .selection: Theme.Look(attributes: .reverse),
        ])

    @Test func imageHasEveryAttributeColourAndWideCharacter() {
        var grid = Grid(width: 12, height: 3)
        grid.put("a<b", x: 0, y: 0, style: Style(.text, .bold))
        grid.put("&c", x: 4, y: 0, style: Style(.text, .dim))
        grid.put("u v", x: 7, y: 0, style: Style(.text, .underline))
        grid.put("日本", x: 1, y: 1, style: Style(.open))
        grid.put("on", x: 8, y: 1, style: Style(.open, on: .selection))
        grid.put("rev", x: 0, y: 2, style: Style(.text, .reverse))
        #expect(theme.svg(grid) == "")
    }

    @Test func themesForALightBackgroundAreDrawnDarkOnLight() {
        var grid = Grid(width: 2, height: 1)
        grid.put("x", x: 0, y: 0)
        let image = Theme(name: "test", background: .light).svg(grid)
        #expect(image.contains(##"height="100%" fill="#ffffff""##))
        #expect(image.contains(##"fill="#1c1c1c">x</text>"##))
    }
}
