import Screen

extension Canvas {
    /// Draws the last line: a text field, or else a notice, or else the keys.
    mutating func drawKeyBar() {
        let y = state.size.height - 1
        let area = Rect(x: 1, y: y, width: state.size.width - 2, height: 1)
        switch state.navigation.overlay {
        case .filter(let field):
            drawField(" filter: ", field, hint: "   Enter keeps, Esc clears ", in: area)
            return
        case .command(let line):
            let words = line.candidates.joined(separator: " ")
            drawField(
                " :", line.field,
                hint: words.isEmpty ? "   Enter runs, Esc cancels " : "   \(words)",
                in: area)
            return
        case .none, .help, .dialog, .limits: break
        }
        if let notice = state.notice {
            grid.fill(area)
            let mark = notice.tone == .bad ? "\(glyphs[.warning]) " : ""
            draw([[Span(" \(mark)\(notice.text) ", notice.tone.role)]], in: area)
            return
        }
        var strip = StatusLine(separator: Span("  "))
        let bindings = KeyTable.bindings.filter {
            $0.isShown(isReplay: state.isReplay, mayControl: state.session.mayControl)
        }
        for (index, binding) in bindings.enumerated() {
            guard let short = binding.short else { continue }
            strip.add(
                [Span(binding.name, .key), Span(" \(short)")],
                dropOrder: binding.intent.isLasting ? 1 : index + 2)
        }
        let spans = strip.spans(width: max(0, area.width - 2), ellipsis: glyphs[.ellipsis])
        grid.put([Span(" ")] + spans + [Span(" ")], x: area.x, y: y, maxWidth: area.width)
    }

    /// Draws a text field, with a hint if it fits.
    private mutating func drawField(
        _ label: String, _ field: TextField, hint: String, in area: Rect
    ) {
        grid.fill(area)
        let room = max(1, area.width - label.count)
        let hintWidth = min(DisplayWidth.of(hint), max(0, room - 30))
        let spans = [Span(label, .title)] + field.spans(width: max(10, room - hintWidth))
        let end = grid.put(spans, x: area.x, y: area.y, maxWidth: area.width)
        let shown = [Span(hint, .muted)].clipped(
            to: area.maxX - end, ellipsis: glyphs[.ellipsis])
        grid.put(shown, x: end, y: area.y, maxWidth: area.maxX - end)
    }
}

extension Intent {
    /// Whether its key stays in the key bar longest, because it leads to everything else.
    fileprivate var isLasting: Bool { [.help, .quit, .command].contains(self) }
}
