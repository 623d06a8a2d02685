import Screen
import Settings
import Testing

@Suite struct ThemeAuditTests {
    @Test(arguments: Theme.shipped)
    func shippedThemesHaveNoFindings(name: String) throws {
        let yaml = try #require(Theme.source(of: name))
        #expect(ThemeFile(yaml: yaml, file: name).findings == [])
    }

    @Test func blueAndOrangeDifferForEveryColourVision() throws {
        let theme = try #require(try Theme.shipped(named: "colour-blind-safe"))
        let audit = ThemeAudit(theme)
        for distance in audit.distances
        where distance.second != .stale || distance.first != .disabled {
            #expect(distance.smallest > 20, "\(distance)")
        }
    }

    @Test func highContrastThemeReachesSevenToOne() throws {
        let theme = try #require(try Theme.shipped(named: "high-contrast"))
        let contrasts = ThemeAudit(theme).contrasts
        #expect(contrasts.count == Role.allCases.count)
        #expect(contrasts.allSatisfy { $0.ratio >= 7 })
    }

    private func findings(_ yaml: String) -> [String] {
        ThemeFile(yaml: "name: t\n" + yaml, file: "t.yaml").findings.map(\.description)
    }

    @Test func lowContrastIsReportedWithItsLine() {
        let found = findings(
            """
            extends: monochrome
            background: light
            roles:
              muted: { fg: "#777777" }
              warn: { fg: "#ffff00" }
            """)
        #expect(
            found == [
                "t.yaml:5: muted: contrast 4.47 against white, expected at least 4.5",
                "t.yaml:6: warn: contrast 1.07 against white, expected at least 4.5",
            ])
    }

    @Test func contrastIsMeasuredAgainstBlackAndWhite() {
        let found = findings("extends: monochrome\nroles:\n  ok: { fg: \"#00ff00\" }")
        #expect(found == ["t.yaml:4: ok: contrast 1.37 against white, expected at least 4.5"])
        let dark = findings("extends: monochrome\nroles:\n  ok: { fg: \"#000080\" }")
        #expect(dark.count == 1 && dark[0].contains("against black"))
    }

    @Test func contrastIsMeasuredAgainstOwnBackground() {
        let found = findings(
            "extends: gruvbox\nroles:\n  ok: { fg: \"#665c54\" }\n  info: { fg: 16, bg: 231 }")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("t.yaml:4: ok: contrast 2.") == true)
        #expect(found.first?.contains("against its background") == true)
    }

    @Test func contrastIsMeasuredOnSelection() {
        let found = findings("extends: gruvbox\nroles:\n  selection: { bg: \"#a89984\" }")
        #expect(found.contains { $0.contains("error: contrast") && $0.contains("the selection") })
    }

    @Test func worseOfFullAnd256ColoursCounts() {
        let found = findings(
            "extends: gruvbox\nroles:\n  ok: { fg: { rgb: \"#ffffff\", 256: 238 } }")
        #expect(found.first?.contains("ok: contrast 1.") == true)
    }

    @Test func statesAlikeForAColourVisionAreReported() {
        let found = findings(
            """
            extends: colour-blind-safe
            roles:
              closed: { fg: "#6e6e00" }
              half_open: { fg: "#c85000" }
            """)
        let pair = found.filter { $0.contains("closed and half_open cannot be told apart") }
        #expect(pair.count == 1)
        #expect(pair.first?.hasPrefix("t.yaml:5: ") == true)
        #expect(
            pair.first?.contains("with deuteranopia vision") == true
                || pair.first?.contains("with protanopia vision") == true)
    }

    @Test func boldDistinguishesStatesButFaintDoesNot() {
        #expect(
            findings("extends: monochrome\nroles:\n  half_open: { underline: true }").count == 1)
        #expect(findings("extends: monochrome\nroles:\n  half_open: { dim: true }").count == 1)
        #expect(findings("extends: monochrome\nroles:\n  half_open: { bold: true }") == [])
    }

    @Test func repeatedGlyphIsReported() {
        #expect(
            findings("extends: default\nglyphs:\n  open: \"●\"")
                == ["t.yaml:1: closed and open have the same glyph"])
    }
}
