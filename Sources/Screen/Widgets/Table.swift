/// Rows of styled cells under a header, with one row selected and a part of them in view.
public struct Table: Sendable, Hashable {
    /// The columns, left to right.
    public var columns: [Column]
    /// The rows: for every column its spans. Missing ones are blank.
    public var rows: [[[Span]]]
    /// The index of the selected row.
    public var selected: Int?
    /// The index of the first row in view.
    public var offset: Int
    /// The cells between two columns.
    public var gap: Int

    /// A table.
    public init(
        columns: [Column], rows: [[[Span]]] = [], selected: Int? = nil, offset: Int = 0,
        gap: Int = 2
    ) {
        self.columns = columns
        self.rows = rows
        self.selected = selected
        self.offset = max(0, offset)
        self.gap = max(0, gap)
    }

    /// The columns left of the first one, for the mark of the selected row.
    public static let margin = 2

    /// How many rows a rectangle of that height shows, the header not counted.
    public static func visibleRows(height: Int) -> Int { max(0, height - 1) }

    /// The offset nearest to `offset` that has the selected row in view and wastes no line.
    public static func offset(
        showing selected: Int?, of count: Int, visible: Int, from offset: Int
    ) -> Int {
        var result = offset
        if let selected, visible > 0 {
            result = min(max(result, selected - visible + 1), selected)
        }
        return max(0, min(result, count - visible))
    }

    /// Draws the header and the rows in view. Every cell stays inside its column; what is cut ends
    /// with an ellipsis.
    public func render(into grid: inout Grid, _ rect: Rect, glyphs: Glyphs) {
        guard !rect.isEmpty else { return }
        let layout = ColumnLayout(columns, width: rect.width - Self.margin, gap: gap)
        for place in layout.places {
            let title = [Span(columns[place.column].title, .title)]
            put(title, place, y: rect.y, rect: rect, glyphs: glyphs, into: &grid)
        }
        let first = min(offset, rows.count)
        for (line, index) in (first..<rows.count).prefix(rect.height - 1).enumerated() {
            let y = rect.y + 1 + line
            for place in layout.places where place.column < rows[index].count {
                let cell = rows[index][place.column]
                put(cell, place, y: y, rect: rect, glyphs: glyphs, into: &grid)
            }
            guard index == selected else { continue }
            grid.put(String(glyphs[.cursor]), x: rect.x, y: y, maxWidth: rect.width)
            grid.restyle(Rect(x: rect.x, y: y, width: rect.width, height: 1)) {
                $0.ground = .selection
            }
        }
    }

    private func put(
        _ cell: [Span], _ place: ColumnLayout.Place, y: Int, rect: Rect, glyphs: Glyphs,
        into grid: inout Grid
    ) {
        let text = cell.clipped(to: place.width, ellipsis: glyphs[.ellipsis])
        var x = rect.x + Self.margin + place.x
        switch columns[place.column].alignment {
        case .leading: break
        case .trailing: x += place.width - text.width
        }
        grid.put(text, x: x, y: y, maxWidth: rect.maxX - x)
    }
}
