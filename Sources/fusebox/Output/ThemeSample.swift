import Screen

/// The output of `theme show`: the states, a selected row, and every role with its colours.
struct ThemeSample {
    let theme: Theme
    let glyphs: Glyphs

    init(_ theme: Theme, ascii: Bool) {
        self.theme = theme
        glyphs = theme.glyphs(ascii: ascii)
    }

    var lines: [[Span]] {
        let title = [
            Span("\(theme.name)", .title),
            Span("  background \(theme.background.rawValue)", .muted),
        ]
        let header = [Span(columns("ROLE", "SAMPLE", "COLOUR", "BEHIND"), .title)]
        return [title, [], states, selected, trend, [], header] + Role.allCases.map(line)
    }

    private var states: [Span] {
        let states: [(Glyph, Role, String)] = [
            (.closed, .closed, "CLOSED"), (.halfOpen, .halfOpen, "HALF 1/3"),
            (.open, .open, "OPEN 22s"), (.forced, .forced, "FORCED 14m"),
            (.disabled, .disabled, "DISABLED"), (.stale, .stale, "STALE 20s"),
        ]
        return states.flatMap { glyph, role, word in
            [Span("\(glyphs[glyph]) \(word)", role), Span("  ")]
        }
    }

    private var selected: [Span] {
        let words: [(String, Role)] = [
            ("\(glyphs[.cursor]) ", .text), ("\(glyphs[.open]) OPEN 22s", .open),
            ("  planner  pay/stripe  ", .text), ("3%", .error), ("  timeout 71%", .muted),
        ]
        return words.map { Span($0.0, Style($0.1, on: .selection)) }
    }

    private var trend: [Span] {
        let series: [Role] = [.series1, .series2, .series3, .series4, .series5, .series6]
        return series.map { Span(String(Glyph.levels.map { glyphs[$0] }) + " ", $0) }
    }

    private func line(_ role: Role) -> [Span] {
        let look = theme.look(role)
        let words = columns(role.rawValue, "", "", "").prefix(11)
        return [
            Span("\(words) "), Span("sample 99.1%", role),
            Span("   \(tint(look.foreground))  \(tint(look.background))", .muted),
        ]
    }

    private func tint(_ tint: Theme.Tint) -> String {
        let index = tint.color(at: .palette256).index(at: .palette256)
        let words = "\(tint.full)" + (index.map { " \($0)" } ?? "")
        return words.padding(to: 13)
    }

    private func columns(_ role: String, _ sample: String, _ color: String, _ under: String)
        -> String
    {
        role.padding(to: 12) + sample.padding(to: 15) + color.padding(to: 15) + under
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
