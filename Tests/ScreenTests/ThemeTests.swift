import Screen
import Settings
import Testing

@Suite struct ThemeTests {
    @Test func everyShippedThemeIsValid() throws {
        for name in Theme.shipped {
            let theme = try #require(try Theme.shipped(named: name))
            #expect(theme.name == name)
            #expect(Set(theme.looks.keys) == Set(Role.allCases))
        }
        #expect(Theme.shipped.count >= 6)
        #expect(try Theme.shipped(named: "none") == nil)
        #expect(!Theme.default.looks.isEmpty)
    }

    @Test func defaultThemeKeepsTerminalColours() {
        for role in Role.allCases {
            #expect(Theme.default.look(role).background.full == .terminal)
        }
        #expect(Theme.default.paint(.text, depth: .palette256) == Paint())
    }

    @Test(arguments: Theme.shipped, ColorDepth.allCases)
    func statesDifferAtEveryDepth(name: String, depth: ColorDepth) throws {
        let theme = try #require(try Theme.shipped(named: name))
        let paints = ThemeAudit.states.map { theme.paint(Style($0), depth: depth) }
        #expect(Set(paints).count == paints.count)
    }

    @Test(arguments: Theme.shipped, ColorDepth.allCases)
    func textNeverHasTheColourOfItsBackground(name: String, depth: ColorDepth) throws {
        let theme = try #require(try Theme.shipped(named: name))
        for role in Role.allCases {
            for ground in [nil, Role.selection] {
                let paint = theme.paint(Style(role, on: ground), depth: depth)
                #expect(paint.foreground == nil || paint.foreground != paint.background, "\(role)")
            }
        }
    }

    @Test func rolesWithoutColoursUseThoseOfText() {
        let text = Theme.Appearance(
            foreground: .init(.indexed(223)), background: .init(.indexed(234)))
        let theme = Theme(
            name: "t", looks: [.text: text, .open: .init(foreground: .init(.indexed(203)))])
        #expect(
            theme.paint(Style(.open), depth: .palette256)
                == Paint(foreground: 203, background: 234))
        #expect(
            theme.paint(Style(.title), depth: .palette256)
                == Paint(foreground: 223, background: 234))
        #expect(theme.paint(.text, depth: .none) == Paint())
    }

    @Test func parserReportsEveryErrorOfAFile() {
        let file = ThemeFile(
            yaml: """
                name: a
                colour: 1
                palette:
                  sky: blu
                roles:
                  opn: {}
                  closed: { fg: sky, bgg: 3 }
                  warn: { bold: maybe }
                """, file: "a.yaml")
        #expect(
            file.problems.map(\.description).map { $0.prefix(while: { $0 != "," }) } == [
                "a.yaml:2: unknown key colour",
                "a.yaml:4: palette.sky: expected #rrggbb",
                "a.yaml:6: unknown key opn",
                "a.yaml:7: unknown key bgg",
                "a.yaml:7: roles.closed.fg: expected #rrggbb",
                "a.yaml:8: roles.warn.bold: expected true or false",
            ])
    }

    @Test func extendingThemeInheritsPalette() throws {
        let theme = try Theme.load(
            yaml: "name: a\nextends: gruvbox\nroles:\n  open: { fg: aqua }", file: "a.yaml")
        #expect(theme.look(.open).foreground.full == .rgb(0x8E, 0xC0, 0x7C))
        #expect(theme.look(.closed) == (try Theme.shipped(named: "gruvbox"))?.look(.closed))
    }

    @Test func parserReadsEverySetting() throws {
        let theme = try Theme.load(
            yaml: """
                name: night
                extends: default
                background: dark
                palette:
                  sky: "#5fafff"
                  ink: { rgb: "#101020", 256: 17, 16: black }
                roles:
                  open: { fg: sky, bg: ink, bold: true, underline: false }
                  closed: { fg: 42 }
                  text: { fg: default, bg: bright_black }
                glyphs:
                  open: "o"
                """, file: "night.yaml")
        #expect(theme.background == .dark)
        let open = Theme.Appearance(
            foreground: .init(.rgb(0x5F, 0xAF, 0xFF)),
            background: .init(.rgb(0x10, 0x10, 0x20), at256: 17, at16: 0), attributes: .bold)
        #expect(theme.look(.open) == open)
        #expect(theme.look(.closed).foreground.full == .indexed(42))
        #expect(theme.look(.text).background.full == .indexed(8))
        #expect(theme.look(.warn) == Theme.default.look(.warn))
        #expect(theme.glyphs(ascii: false)[.open] == "o")
        #expect(theme.glyphs(ascii: true) == .ascii)
    }

    @Test(arguments: [
        ("name: a\nroles:\n  opn: {}", "3: unknown key opn, expected one of: text, muted"),
        ("name: a\ncolour: 1", "2: unknown key colour, expected one of: name, background"),
        ("name: a\nroles:\n  open:\n    fg: red\n    bgg: 1", "5: unknown key bgg, expected"),
        ("name: a\nroles:\n  open: { fg: reed }", "3: roles.open.fg: expected #rrggbb"),
        ("name: a\nroles:\n  open: { fg: \"#12345\" }", "3: roles.open.fg: expected #rrggbb"),
        (
            "name: a\nroles:\n  open: { bold: 1 }",
            "3: roles.open.bold: expected true or false, found 1"
        ),
        ("name: a\nroles: [open]", "2: roles: expected a mapping, found a list"),
        ("name: a\nbackground: grey", "2: background: expected dark, light, any, found grey"),
        ("name: a\npalette:\n  x: { 256: 3 , 16: 99 }", "3: palette.x.16: expected a colour"),
        ("name: a\npalette:\n  x: { 88: 3 }", "3: unknown key 88, expected one of: rgb, 256, 16"),
        ("name: a\nglyphs:\n  open: 日", "3: glyphs.open: expected one character"),
        ("name: a\nglyphs:\n  open: \"\\e\"", "3: glyphs.open: expected one character"),
        ("name: a\nextends: nothing", "2: no theme nothing to extend"),
        ("name: a\nname: b", "1: the key name stands twice"),
        ("background: dark", "1: the key name is missing"),
        ("", "1: the key name is missing"),
        ("- a", "1: theme: expected a mapping, found a list"),
        ("name: a\nroles: { open", "2: not YAML: "),
        ("name: a\nroles: ]\nglyphs: {}", "2: not YAML: "),
    ])
    func errorsHaveTheirLine(yaml: String, expected: String) {
        let error = #expect(throws: SettingsError.self) {
            try Theme.load(yaml: yaml, file: "my.yaml")
        }
        let description = error?.description ?? ""
        #expect(description.hasPrefix("my.yaml:" + expected), "\(description)")
    }

    @Test(arguments: ["[", "{a: ", "- ", "? ", "&a [*a,"])
    func parserRejectsDeepNesting(piece: String) {
        #expect(throws: SettingsError.self) {
            try Theme.load(yaml: String(repeating: piece, count: 20000), file: "deep.yaml")
        }
    }
}

@Suite struct ColorTests {
    @Test func colourUsesNearestPaletteEntry() {
        #expect(Color.rgb(255, 0, 0).index(at: .palette256) == 196)
        #expect(Color.rgb(0x5F, 0xAF, 0xFF).index(at: .palette256) == 75)
        #expect(Color.rgb(119, 119, 119).index(at: .palette256) == 243)
        #expect(Color.rgb(250, 5, 5).index(at: .sixteen) == 9)
        #expect(Color.rgb(200, 10, 10).index(at: .sixteen) == 1)
        #expect(Color.rgb(250, 5, 5).index(at: .eight) == 1)
        #expect(Color.indexed(196).index(at: .sixteen) == 9)
    }

    @Test(arguments: 16...255)
    func everyPaletteEntryIsNearestToItself(index: Int) throws {
        let color = Color.indexed(UInt8(index))
        let (red, green, blue) = try #require(color.components)
        let nearest = try #require(Color.rgb(red, green, blue).index(at: .palette256))
        #expect(
            Color.indexed(nearest).components.map { [$0.red, $0.green, $0.blue] } == [
                red, green, blue,
            ])
        #expect(color.index(at: .palette256) == UInt8(index))
    }

    @Test func terminalColourAndDepthNoneHaveNoIndex() {
        for depth in ColorDepth.allCases { #expect(Color.terminal.index(at: depth) == nil) }
        #expect(Color.rgb(1, 2, 3).index(at: .none) == nil)
    }

    @Test func backgroundIsReversedWithoutColours() {
        let theme = Theme(
            name: "t", looks: [.selection: .init(background: .init(.indexed(4)))])
        #expect(theme.paint(Style(.selection), depth: .none).attributes == .reverse)
        #expect(theme.paint(Style(.text, on: .selection), depth: .none).attributes == .reverse)
    }

    @Test func darkGreyIsFaintAtEightColours() {
        let theme = Theme(name: "t", looks: [.muted: .init(foreground: .init(.indexed(8)))])
        #expect(theme.paint(Style(.muted), depth: .eight) == Paint(attributes: .dim))
    }

    @Test func defaultThemeDrawsSelectedRowAsOneBar() {
        let paints = Role.allCases.map {
            Theme.default.paint(Style($0, on: .selection), depth: .palette256)
        }
        #expect(paints.allSatisfy { $0.foreground == nil && $0.background == nil })
        #expect(paints.allSatisfy { $0.attributes.contains(.reverse) })
    }
}
