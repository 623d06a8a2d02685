/// Rows of styled cells under a header. One row may be selected, and part of the rows are visible.
public struct Table: Sendable, Hashable {
    /// The columns, left to right.
    public var columns: [Column]
    /// The rows, each with the spans of every column. Missing cells are blank.
    public var rows: [[[Span]]]
    /// The index of the selected row.
    public var selected: Int?
    /// The index of the first visible row.
    public var offset: Int
    /// The number of cells between two columns.
    public var gap: Int

    /// Creates a table.
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

    /// The number of columns left of the first one, for the mark of the selected row.
    public static let margin = 2

    /// Returns the number of rows that fit into a height, which includes the header.
    public static func visibleRows(height: Int) -> Int { max(0, height - 1) }

    /// Returns the offset nearest to `offset` at which the selected row is visible and no line is
    /// wasted.
    public static func offset(
        showing selected: Int?, of count: Int, visible: Int, from offset: Int
    ) -> Int {
        var result = offset
        if let selected, visible > 0 {
            result = min(max(result, selected - visible + 1), selected)
        }
        return max(0, min(result, count - visible))
    }

    /// Draws the header and the visible rows. A cell that is too wide for its column is cut and
    /// ends with an ellipsis.
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
