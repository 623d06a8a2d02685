import Screen
import Testing

@testable import Dashboard

/// The fixed scenario on several screen sizes, in UTF-8, in ASCII and without colours.
@Suite struct DegradedGoldenTests {
    static let sizes = [(40, 10), (80, 24), (120, 40), (200, 50)]

    @Test func utf8OnTheWidestScreen() throws {
        try Golden.check(Scenario.state(width: 200, height: 50), "main-200x50")
    }

    @Test(arguments: sizes)
    func ascii(width: Int, height: Int) throws {
        let state = Scenario.state(width: width, height: height)
        let grid = render(state, glyphs: .ascii)
        let isASCII = grid.text.joined().unicodeScalars.allSatisfy(\.isASCII)
        #expect(isASCII)
        try Golden.check(state, "ascii-\(width)x\(height)", glyphs: .ascii)
    }

    @Test(arguments: sizes)
    func withoutColours(width: Int, height: Int) throws {
        let grid = render(Scenario.state(width: width, height: height), glyphs: .unicode)
        let theme = try #require(try Theme.shipped(named: "monochrome"))
        try Golden.check(MonoScreen.text(grid, theme), "mono-\(width)x\(height)")
    }

    /// A selected row, a state and a title differ from plain text in every theme.
    @Test(arguments: Theme.shipped)
    func withoutColoursStatesAndTheSelectionStandOut(name: String) throws {
        let theme = try #require(try Theme.shipped(named: name))
        let grid = render(Scenario.state(width: 120, height: 40), glyphs: .unicode)
        let rows = MonoScreen.text(grid, theme).split(
            separator: "\n", omittingEmptySubsequences: false)
        let selected = try #require(rows.firstIndex { $0.hasPrefix("│> ") })
        let attributes = rows[selected + 41]
        let isReversed = attributes.dropFirst().prefix(100).allSatisfy { "rR".contains($0) }
        #expect(isReversed)
        let open = try #require(rows.firstIndex { $0.contains("│  ◐ HALF") })
        #expect(rows[open + 41].contains("b"))
    }
}
