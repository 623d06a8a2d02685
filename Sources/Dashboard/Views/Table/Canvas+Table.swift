import Fleet
import ResilienceWire
import Screen

extension Canvas {
    /// Draws the table of strategies, or the instructions while there are none.
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
        let isWide = state.size.width >= 140
        let visible = Table.visibleRows(height: panes.table.height)
        let first = min(view.offset, view.rows.count)
        let rows = view.rows[first...].prefix(visible)
        // Target names are long, and a sum of retries over different strategies says little.
        let narrow: Set<TableColumn> = view.isByTarget ? [.p95, .retries] : [.p95]
        let shown = TableColumn.allCases.filter { isWide || !narrow.contains($0) }
        let columns = shown.map { $0.column(glyphs, view, isWide: isWide) }
        let gap = isWide ? 2 : 1
        // The trend is costly, so it is made only if the screen has room for it.
        let layout = ColumnLayout(columns, width: panes.table.width - Table.margin, gap: gap)
        let drawn = Set(layout.places.map { shown[$0.column] })
        let cells = rows.map { row in
            let text = RowCells(row, at: now, glyphs: glyphs, isUnfolded: view.isUnfolded(row.id))
            return shown.map { drawn.contains($0) ? text.cell($0, isWide: isWide) : [] }
        }
        let selected = view.selectedIndex.map { $0 - first }
        Table(columns: columns, rows: cells, selected: selected, gap: gap)
            .render(into: &grid, panes.table, glyphs: glyphs)
    }

    private var tableTitle: [Span] {
        let line = String(repeating: glyphs[.horizontal], count: 2)
        let view = state.table
        let count = view.filter.isEmpty ? "\(view.total)" : "\(view.count) of \(view.total)"
        let order = "sort \(view.sort.key.rawValue)\(view.sort.isReversed ? " reversed" : "")"
        let name = view.agent.map { "Agent \($0)" } ?? view.grouping.title
        var spans = [title(name, of: .table), Span(" \(count) "), Span(line, .border)]
        if let agent = view.agent {
            spans += [Span(" \(about(agent)) "), Span(line, .border)]
        }
        spans.append(Span(" \(order) "))
        if !view.filter.isEmpty {
            spans += [Span(line, .border), Span(" filter: \(view.filter.text) ", .warn)]
        }
        return spans
    }

    /// The instances, the client library and the lost events of an agent, as text.
    private func about(_ name: String) -> String {
        let agents = state.shownFleet.agents.values.filter { $0.id.agent == name }
            .sorted { $0.id < $1.id }
        let connected = agents.filter { $0.state != .gone }
        let clients = Set(agents.map(\.client)).sorted().joined(separator: ", ")
        let lost = agents.reduce(0) { bounded($0, $1.lost) }
        let process = agents.count == 1 ? agents.first.map { ", pid \($0.pid)" } ?? "" : ""
        return "\(Format.counted(connected.count, "instance"))\(process), \(clients), "
            + "lost \(Format.count(lost))"
    }
}

/// The columns of the table, left to right.
enum TableColumn: CaseIterable {
    case state, agent, strategy, served, failures, rejections, tries, cap, p95, retries, trend, why

    /// The width of a limit in columns.
    static let capWidth = 4
    /// The width of the trend in columns, of 20 s or 30 s each.
    static func trendWidth(isWide: Bool) -> Int { isWide ? 15 : 10 }

    /// The title and the width of the column. Names get the width they need, and the reason gets
    /// the rest.
    func column(_ glyphs: Glyphs, _ view: TableView, isWide: Bool) -> Column {
        switch self {
        case .state: Column("STATE", minimum: 14, ideal: 15)
        case .agent:
            name(
                view.isByTarget ? "TARGET" : "AGENT",
                view.nameWidths.first, 7,
                least: view.isByTarget ? 18 : 12)
        case .strategy:
            name(
                "STRATEGY", view.nameWidths.second, nil,
                least: view.isByTarget ? 8 : 12)
        case .served: Column("SERVED", .trailing, minimum: 6)
        case .failures: Column("FAIL/S", .trailing, minimum: 6)
        case .rejections: Column("REJ/S", .trailing, minimum: 5)
        case .tries: Column("TRIES", .trailing, minimum: 5, dropOrder: 5)
        case .cap: Column("CAP", .trailing, minimum: Self.capWidth, dropOrder: 3)
        case .p95: Column("P95", .trailing, minimum: 6, dropOrder: 4)
        case .retries:
            Column(
                ["RETRIES 0", "1", "2", "3+"].joined(separator: String(glyphs[.dot])),
                minimum: 16, dropOrder: 2)
        case .trend:
            Column(
                isWide ? "TREND 5m 0-100%" : "5m 0-100%",
                minimum: Self.trendWidth(isWide: isWide), dropOrder: 1)
        case .why: Column("WHY", minimum: 12, ideal: 24, maximum: 90, dropOrder: 6)
        }
    }

    private func name(
        _ title: String, _ longest: Int, _ dropOrder: Int?, least: Int
    ) -> Column {
        Column(
            title, minimum: max(title.count, min(longest, least)), ideal: min(longest, least + 4),
            maximum: min(longest, 30), dropOrder: dropOrder)
    }
}

extension TableView {
    fileprivate var isByTarget: Bool { grouping == .target && agent == nil }
}
