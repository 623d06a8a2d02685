/// A column of a table.
public struct Column: Sendable, Hashable {
    /// The side on which the text is aligned.
    public enum Alignment: Sendable, Hashable {
        /// On the left, for words.
        case leading
        /// On the right, for numbers.
        case trailing
    }

    /// The column's title.
    public var title: String
    /// The alignment of the title and the cells.
    public var alignment: Alignment
    /// The smallest useful width.
    public var minimum: Int
    /// The preferred width.
    public var ideal: Int
    /// The maximum width, which the column gets only from space that other columns leave.
    public var maximum: Int
    /// The order in which columns are dropped as the table gets narrower: 1 is dropped first, `nil`
    /// never.
    public var dropOrder: Int?

    /// Creates a column. `ideal` is raised to at least `minimum`, and `maximum` to at least
    /// `ideal`.
    public init(
        _ title: String, _ alignment: Alignment = .leading, minimum: Int, ideal: Int? = nil,
        maximum: Int? = nil, dropOrder: Int? = nil
    ) {
        self.title = title
        self.alignment = alignment
        self.minimum = max(1, minimum)
        self.ideal = max(self.minimum, ideal ?? minimum)
        self.maximum = max(self.ideal, maximum ?? self.ideal)
        self.dropOrder = dropOrder
    }
}

/// The positions of a table's columns.
public struct ColumnLayout: Sendable, Hashable {
    /// The position of a visible column.
    public struct Place: Sendable, Hashable {
        /// The column's index among all columns.
        public let column: Int
        /// The column's first cell, counted from the left edge of the columns.
        public let x: Int
        /// The column's width, at least 1.
        public let width: Int
    }

    /// The visible columns, left to right.
    public let places: [Place]

    /// Lays out `columns` in `width` cells, with `gap` cells between them. If the minimum widths do
    /// not fit, columns with a drop order are dropped first, then the widest of the others shrink.
    /// Remaining space goes to columns below their ideal width, then to those below their maximum.
    public init(_ columns: [Column], width: Int, gap: Int = 2) {
        var shown = Array(columns.indices)
        func needed() -> Int {
            shown.reduce(0) { $0 + columns[$1].minimum } + gap * max(0, shown.count - 1)
        }
        while needed() > width {
            let droppable = shown.filter { columns[$0].dropOrder != nil }
            let first = droppable.min {
                (columns[$0].dropOrder ?? 0, -$0) < (columns[$1].dropOrder ?? 0, -$1)
            }
            guard let first else { break }
            shown.removeAll { $0 == first }
        }
        // Every remaining column needs a cell and a gap. If even these do not fit, the last columns
        // are dropped.
        while !shown.isEmpty, shown.count + gap * (shown.count - 1) > width { shown.removeLast() }

        var widths = shown.map { columns[$0].minimum }
        var room = width - widths.reduce(0, +) - gap * max(0, shown.count - 1)
        while room < 0, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }) {
            widths[widest] -= 1
            room += 1
        }
        for limit in [\Column.ideal, \Column.maximum] {
            var grew = true
            while room > 0, grew {
                grew = false
                for (index, column) in shown.enumerated() where room > 0 {
                    guard widths[index] < columns[column][keyPath: limit] else { continue }
                    widths[index] += 1
                    room -= 1
                    grew = true
                }
            }
        }
        var x = 0
        places = zip(shown, widths).map { column, width in
            defer { x += width + gap }
            return Place(column: column, x: x, width: width)
        }
    }
}
