import Fleet
import ResilienceWire
import Screen

extension Canvas {
    /// Draws the page of an error type on the whole screen.
    mutating func drawErrorPage(_ view: ErrorView) {
        grid.box(panes.frame, glyphs: glyphs)
        let area = panes.frame.inset(1, 1)
        let agents = Set(view.places.map(\.row.id.agent)).count
        let places =
            view.places.count == 1 ? "1 strategy" : "\(view.places.count) strategies"
        let title = [
            Span("Error \(view.type) ", .focus),
            Span(" in \(places) of \(Format.counted(agents, "agent")), 5m ", .text),
            Span(" Enter", .key), Span(" detail", .muted), Span("  e", .key),
            Span(" next type", .muted), Span("  Esc", .key), Span(" back ", .muted),
        ]
        grid.put(
            title.clipped(to: area.width, ellipsis: glyphs[.ellipsis]), x: area.x,
            y: panes.frame.y, maxWidth: area.width)
        guard !view.places.isEmpty else {
            draw([[Span(" no occurrences in 5 minutes", .muted)]], in: area)
            return
        }
        let most = trends(view).flatMap { $0 }.max() ?? 0
        Table(
            columns: columns(view, most: most), rows: view.places.map { cells($0, most: most) },
            selected: view.selectedIndex,
            offset: Table.offset(
                showing: view.selectedIndex, of: view.places.count,
                visible: Table.visibleRows(height: area.height), from: 0),
            gap: 1
        ).render(into: &grid, area, glyphs: glyphs)
    }

    /// The columns of the trend, each half a minute.
    private static let trendWidth = 10

    private func columns(_ view: ErrorView, most: Int) -> [Column] {
        func name(_ title: String, _ value: (Row) -> String, _ dropOrder: Int?) -> Column {
            let longest = view.places.map { DisplayWidth.of(value($0.row)) }.max() ?? 0
            return Column(
                title, minimum: max(title.count, min(longest, 10)), ideal: min(longest, 18),
                maximum: max(title.count, min(longest, 30)), dropOrder: dropOrder)
        }
        let trend = "TREND 5m 0-\(Format.volume(most)) per 30s"
        return [
            Column("COUNT", .trailing, minimum: 6), Column("SHARE", .trailing, minimum: 6),
            name("AGENT", agent, nil), name("STRATEGY", \.id.strategy, nil),
            name("TARGET", { $0.target ?? "" }, 2),
            Column(trend, minimum: max(Self.trendWidth, trend.count), dropOrder: 1),
            Column("LAST MESSAGE", minimum: 12, ideal: 24, maximum: 120, dropOrder: 3),
        ]
    }

    private func cells(_ place: ErrorView.Place, most: Int) -> [[Span]] {
        let points = trend(place).map { count -> Sparkline.Point in
            count == 0 ? .marker(.noData) : .value(Double(count))
        }
        return [
            [Span(Format.volume(place.count), .error)], [Span(Format.percent(place.share))],
            [Span(agent(place.row))], [Span(place.row.id.strategy)],
            [Span(place.row.target ?? "-", .muted)],
            Sparkline(points, from: 0, to: Double(max(1, most)))
                .spans(width: Self.trendWidth, glyphs: glyphs),
            [Span(place.message ?? "-", .muted)],
        ]
    }

    private func agent(_ row: Row) -> String {
        row.id.agent + (row.members.count > 1 ? " x\(row.members.count)" : "")
    }

    private func trends(_ view: ErrorView) -> [[Int]] { view.places.map(trend) }

    private func trend(_ place: ErrorView.Place) -> [Int] {
        let slots = Window.slotCount / Self.trendWidth
        return (0..<Self.trendWidth).map { column in
            place.series[column * slots..<(column + 1) * slots].reduce(0, +)
        }
    }
}
