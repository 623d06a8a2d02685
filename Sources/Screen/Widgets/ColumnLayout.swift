/// A column of a table.
public struct Column: Sendable, Hashable {
    /// At which side the text stands.
    public enum Alignment: Sendable, Hashable {
        /// At the left: words.
        case leading
        /// At the right: numbers.
        case trailing
    }

    /// The words above it.
    public var title: String
    /// Where the title and the cells stand.
    public var alignment: Alignment
    /// The least width that is of use.
    public var minimum: Int
    /// The width that it gets when there is room.
    public var ideal: Int
    /// The width up to which it takes what others leave.
    public var maximum: Int
    /// When it goes as the table gets narrower: 1 goes first; `nil` never goes.
    public var dropOrder: Int?

    /// A column. `ideal` is at least `minimum`, and `maximum` at least `ideal`.
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

/// Where the columns of a table stand.
public struct ColumnLayout: Sendable, Hashable {
    /// A column that is shown.
    public struct Place: Sendable, Hashable {
        /// Its index among all columns.
        public let column: Int
        /// Its first cell, counted from the left edge of the columns.
        public let x: Int
        /// Its width, at least 1.
        public let width: Int
    }

    /// The columns that are shown, left to right.
    public let places: [Place]

    /// Lays `columns` out in `width` cells, `gap` apart. Columns with a drop order go while the
    /// minimum widths do not fit, then the widest of the others shrink. Room that is left goes to
    /// columns below their ideal, then to those below their maximum.
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
        // Every column that is left needs a cell and a gap; the last go when not even that is there.
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
