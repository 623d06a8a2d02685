import Fleet
import ResilienceWire
import Screen

extension Canvas {
    /// The table of strategies, or what to do while there are none.
    mutating func drawTable() {
        let title = tableTitle
        grid.put(
            title.clipped(to: panes.table.width, ellipsis: glyphs[.ellipsis]), x: panes.table.x,
            y: panes.frame.y, maxWidth: panes.table.width)
        let view = state.table
        guard !view.rows.isEmpty else {
            drawEmpty(in: panes.table)
            return
        }
        let isWide = state.width >= 140
        let visible = Table.visibleRows(height: panes.table.height)
        let first = min(view.offset, view.rows.count)
        let rows = view.rows[first...].prefix(visible)
        let shown = TableColumn.allCases.filter { $0 != .p95 || isWide }
        let columns = shown.map { $0.column(glyphs, view.rows) }
        let gap = isWide ? 2 : 1
        // The trend is costly, and not drawn on a narrow screen.
        let layout = ColumnLayout(columns, width: panes.table.width - Table.margin, gap: gap)
        let drawn = Set(layout.places.map { shown[$0.column] })
        let cells = rows.map { row in
            let text = RowText(row, at: now, glyphs: glyphs, isUnfolded: view.isUnfolded(row.id))
            return shown.map { drawn.contains($0) ? text.cell($0) : [] }
        }
        let selected = view.selectedIndex.map { $0 - first }
        Table(columns: columns, rows: cells, selected: selected, gap: gap)
            .render(into: &grid, panes.table, glyphs: glyphs)
    }

    private var tableTitle: [Span] {
        let line = String(repeating: glyphs[.horizontal], count: 2)
        let view = state.table
        let matching = Set(view.rows.map(\.id.folded)).count
        let count = view.filter.isEmpty ? "\(view.total)" : "\(matching) of \(view.total)"
        let order = "sort \(view.sort.key.rawValue)\(view.sort.isReversed ? " reversed" : "")"
        var spans = [
            title("Strategies", of: .table), Span(" \(count) "), Span(line, .border),
            Span(" \(order) "),
        ]
        if !view.filter.isEmpty {
            spans += [Span(line, .border), Span(" filter: \(view.filter.text) ", .warn)]
        }
        return spans
    }
}

/// The columns of the table, left to right.
enum TableColumn: CaseIterable {
    case state, agent, strategy, served, failures, rejections, tries, cap, p95, retries, trend, why

    /// How many columns the trend has: half a minute each.
    static let trendWidth = 10

    /// The column's title and room; names get what they need, the rest is for the reason.
    func column(_ glyphs: Glyphs, _ rows: [Row]) -> Column {
        switch self {
        case .state: Column("STATE", minimum: 14, ideal: 15)
        case .agent:
            name("AGENT", rows.map { DisplayWidth.of($0.id.agent) + ($0.isFolded ? 4 : 0) }, 7)
        case .strategy:
            name("STRATEGY", rows.map { DisplayWidth.of($0.id.strategy) }, nil)
        case .served: Column("SERVED", .trailing, minimum: 6)
        case .failures: Column("FAIL/S", .trailing, minimum: 6)
        case .rejections: Column("REJ/S", .trailing, minimum: 5)
        case .tries: Column("TRIES", .trailing, minimum: 5, dropOrder: 5)
        case .cap: Column("CAP", .trailing, minimum: 4, dropOrder: 3)
        case .p95: Column("P95", .trailing, minimum: 6, dropOrder: 4)
        case .retries:
            Column(
                ["RETRIES 0", "1", "2", "3+"].joined(separator: String(glyphs[.dot])),
                minimum: 16, dropOrder: 2)
        case .trend: Column("TREND 5m", minimum: Self.trendWidth, dropOrder: 1)
        case .why: Column("WHY", minimum: 12, ideal: 24, maximum: 90, dropOrder: 6)
        }
    }

    private func name(_ title: String, _ widths: [Int], _ dropOrder: Int?) -> Column {
        let longest = widths.max() ?? 0
        return Column(
            title, minimum: max(title.count, min(longest, 12)), ideal: min(longest, 16),
            maximum: min(longest, 30), dropOrder: dropOrder)
    }
}
