import Fleet
import ResilienceWire
import Screen

extension Canvas {
    /// Draws the list of a row's limits.
    mutating func draw(_ list: LimitList) {
        let width = min(100, state.size.width - 2)
        // The lines around the table: border, titles, the keys.
        let room = max(1, state.size.height - 6)
        let shown = min(list.entries.count, room)
        let rect = grid.bounds.centered(width: width, height: shown + 4)
        let count = Format.counted(list.instances, "instance")
        drawFrame(
            rect, title: [Span("Limits of \(list.name) ", .title), Span("\(count) ", .muted)])
        var inner = rect.inset(1, 1)
        let hint = inner.takeBottom(1)
        draw(
            [
                [
                    Span(" Enter", .key), Span(" set or release  "), Span("Esc", .key),
                    Span(" cancel"),
                ]
            ],
            in: hint)
        Table(
            columns: Self.limitColumns, rows: list.entries.map(cells), selected: list.index,
            offset: Table.offset(
                showing: list.index, of: list.entries.count, visible: shown, from: 0),
            gap: 1
        ).render(into: &grid, inner, glyphs: glyphs)
    }

    private static let limitColumns = [
        Column("LIMIT", minimum: 14, ideal: 18, maximum: 30),
        Column("VALUE", .trailing, minimum: 6, ideal: 8),
        Column("BOUNDS", minimum: 10, ideal: 20, maximum: 30, dropOrder: 2),
        Column("BY", minimum: 10, ideal: 16, dropOrder: 3),
        Column("WHY", minimum: 12, ideal: 20, maximum: 60, dropOrder: 1),
    ]

    private func cells(_ entry: LimitEntry) -> [[Span]] {
        let unit = entry.reading.unit.map { " \($0)" } ?? ""
        return [
            [Span(entry.reading.name)], [Span(entry.value)], [Span(entry.bounds + unit, .muted)],
            [
                Span(
                    entry.who + (entry.isPinned ? ", pinned" : ""), entry.isPinned ? .forced : .text
                )
            ],
            [Span(entry.reading.why, .muted)],
        ]
    }
}
