import Screen

extension Canvas {
    /// The last line: what is being typed, else news, else the keys.
    mutating func drawKeyBar() {
        let y = state.height - 1
        let area = Rect(x: 1, y: y, width: state.width - 2, height: 1)
        if case .filter(let field) = state.overlay {
            grid.fill(area)
            let label = [Span(" filter: ", .title)]
            let hint = "   Enter keeps, Esc clears "
            let room = max(1, area.width - label.width)
            let end = grid.put(
                label + field.spans(width: max(10, room - hint.count)), x: area.x, y: y,
                maxWidth: area.width)
            grid.put(hint, x: end, y: y, style: Style(.muted), maxWidth: area.maxX - end)
            return
        }
        if let notice = state.notice {
            grid.fill(area)
            let spans = [Span(" \(glyphs[.warning]) \(notice.text) ", .warn)]
            draw([spans], in: area)
            return
        }
        var strip = Strip(separator: Span("  "))
        let bindings = KeyTable.bindings.filter {
            $0.isShown(isReplay: state.isReplay, mayControl: state.mayControl)
        }
        for (index, binding) in bindings.enumerated() {
            guard let short = binding.short else { continue }
            let isLasting = binding.intent == .help || binding.intent == .quit
            strip.add(
                [Span(binding.name, .key), Span(" \(short)")],
                dropOrder: isLasting ? 1 : index + 2)
        }
        let spans = strip.spans(width: max(0, area.width - 2), ellipsis: glyphs[.ellipsis])
        grid.put([Span(" ")] + spans + [Span(" ")], x: area.x, y: y, maxWidth: area.width)
    }
}
