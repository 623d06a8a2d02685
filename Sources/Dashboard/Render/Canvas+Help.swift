import Screen

extension Canvas {
    /// All keys, over whatever there is.
    mutating func drawHelp(offset: Int) {
        let bindings = KeyTable.bindings.filter { $0.use != .replay || state.isReplay }
        let names = bindings.map { DisplayWidth.of($0.name) }.max() ?? 0
        let lines = bindings.map { binding in
            let blanks = String(repeating: " ", count: names - DisplayWidth.of(binding.name) + 2)
            return [Span(binding.name, .key), Span(blanks + binding.help)]
        }
        let width = (lines.map(\.width).max() ?? 0) + 4
        let rect = grid.bounds.inset(1, 1).centered(width: width, height: lines.count + 2)
        let inner = rect.inset(2, 1)
        let first = min(offset, max(0, lines.count - inner.height))
        grid.fill(rect)
        let more = lines.count - first > inner.height ? "j: more" : "any key closes"
        drawFrame(rect, title: [Span("Keys", .title), Span(" \(more) ", .muted)])
        draw(Array(lines[first...]), in: inner)
    }

    /// A box over the page, not joined to what lies under it.
    mutating func drawFrame(_ rect: Rect, title: [Span]) {
        grid.fill(rect)
        grid.box(
            rect, glyphs: glyphs, style: Style(.focus),
            title: title.clipped(to: rect.width - 2, ellipsis: glyphs[.ellipsis]))
    }
}
