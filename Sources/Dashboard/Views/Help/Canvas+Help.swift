import Screen

extension Canvas {
    /// Draws the help over the present page.
    mutating func drawHelp(offset: Int) {
        let lines = HelpPage.lines(state)
        let width = (lines.map(\.width).max() ?? 0) + 4
        let rect = grid.bounds.inset(1, 1).centered(width: width, height: lines.count + 2)
        let inner = rect.inset(2, 1)
        let first = min(offset, max(0, lines.count - inner.height))
        let more = lines.count - first > inner.height ? "j: more" : "any key closes"
        drawFrame(rect, title: [Span("Keys", .title), Span(" \(more) ", .muted)])
        draw(Array(lines[first...]), in: inner)
    }

    /// Draws a box over the page, not joined to the lines below it.
    mutating func drawFrame(_ rect: Rect, title: [Span]) {
        grid.fill(rect)
        grid.box(
            rect, glyphs: glyphs, style: Style(.focus),
            title: title.clipped(to: rect.width - 2, ellipsis: glyphs[.ellipsis]))
    }
}

/// The help, made from the key table and the words of the command line.
enum HelpPage {
    static func lines(_ state: State) -> [[Span]] {
        let bindings = KeyTable.bindings.filter {
            $0.isShown(isReplay: state.isReplay, mayControl: state.session.mayControl)
        }
        let keys = bindings.map { binding in
            (binding.name, word(binding.command, binding.argument), binding.help)
        }
        let words = CommandWord.only.map { word in
            ("", self.word(word.name, word.argument), word.help)
        }
        let entries = keys + words
        let nameWidth = entries.map { DisplayWidth.of($0.0) }.max() ?? 0
        let wordWidth = entries.map { DisplayWidth.of($0.1) }.max() ?? 0
        func padded(_ text: String, to width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - DisplayWidth.of(text)) + 1)
        }
        return entries.map { name, word, help in
            [
                Span(padded(name, to: nameWidth), .key),
                Span(padded(word, to: wordWidth), .muted), Span(help),
            ]
        }
    }

    private static func word(_ command: String?, _ argument: CommandWord.Argument?) -> String {
        command.map { ":\($0)" + (argument.map { " \($0.name)" } ?? "") } ?? ""
    }

    /// The maximum scroll offset.
    static func lastOffset(_ state: State) -> Int {
        // 4 lines: the border, and a free line above and below.
        max(0, lines(state).count - max(1, state.size.height - 4))
    }
}
