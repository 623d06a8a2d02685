/// A screen as a value: rows of cells. All text is clipped to the grid's size. Characters that a
/// terminal could take for a command are replaced.
public struct Grid: Sendable, Hashable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    private var cells: [Cell]

    /// Creates an empty grid. A negative size counts as 0.
    public init(width: Int, height: Int, style: Style = .text) {
        self.width = max(0, width)
        self.height = max(0, height)
        cells = Array(repeating: .blank(style), count: self.width * self.height)
    }

    /// The rectangle of the whole grid.
    public var bounds: Rect { Rect(width: width, height: height) }

    /// Returns the cell in column `x` of row `y`, or `nil` outside of the grid.
    public func cell(x: Int, y: Int) -> Cell? {
        bounds.contains(x: x, y: y) ? cells[y * width + x] : nil
    }

    /// Returns the cells of row `y`, or no cells outside of the grid.
    public func row(_ y: Int) -> ArraySlice<Cell> {
        guard y >= 0, y < height else { return [] }
        return cells[y * width..<(y + 1) * width]
    }

    /// Writes `text` from column `x` of row `y` to the right, cut to `maxWidth` columns and to the
    /// grid. A wide character that does not fit completely is left out. Control characters become
    /// `U+FFFD`.
    ///
    /// - Returns: the column after the text.
    @discardableResult
    public mutating func put(
        _ text: String, x: Int, y: Int, style: Style = .text, maxWidth: Int? = nil
    ) -> Int {
        let end = min(width, maxWidth.map { x + max(0, $0) } ?? width)
        var column = x
        var carrier: Int?
        for scalar in text.unicodeScalars {
            let shown = DisplayWidth.isForbidden(scalar) ? Self.replacement : scalar
            let columns = DisplayWidth.of(shown)
            if columns == 0 {
                if let carrier, y >= 0, y < height { cells[y * width + carrier].combine(shown) }
                continue
            }
            guard column + columns <= end else { return column }
            carrier = column >= 0 ? column : nil
            if column >= 0 {
                let extent: Cell.Extent = columns == 2 ? .wide : .single
                store(Cell(Character(shown), extent, style), x: column, y: y)
                if columns == 2 {
                    store(Cell(" ", .continuation, style), x: column + 1, y: y)
                }
            }
            column += columns
        }
        return column
    }

    /// Writes `spans` one after the other, in the same way as ``put(_:x:y:style:maxWidth:)``.
    ///
    /// - Returns: the column after the text.
    @discardableResult
    public mutating func put(_ spans: [Span], x: Int, y: Int, maxWidth: Int? = nil) -> Int {
        let end = maxWidth.map { x + max(0, $0) } ?? width
        var column = x
        for span in spans {
            column = put(span.text, x: column, y: y, style: span.style, maxWidth: end - column)
        }
        return column
    }

    /// Fills `rect` with a one-column `character`.
    public mutating func fill(_ rect: Rect, _ character: Character = " ", style: Style = .text) {
        let area = rect.intersection(bounds)
        let text = String(repeating: character, count: area.width)
        for y in area.y..<area.maxY {
            put(text, x: area.x, y: y, style: style, maxWidth: area.width)
        }
    }

    /// Changes the style of every cell of `rect`.
    public mutating func restyle(_ rect: Rect, _ change: (inout Style) -> Void) {
        let area = rect.intersection(bounds)
        for y in area.y..<area.maxY {
            for x in area.x..<area.maxX { change(&cells[y * width + x].style) }
        }
    }

    /// Sets a cell without checking its neighbours. The caller must write whole characters.
    mutating func replace(_ cell: Cell, x: Int, y: Int) {
        if bounds.contains(x: x, y: y) { cells[y * width + x] = cell }
    }

    /// The character that replaces one that must not be shown.
    static let replacement: Unicode.Scalar = "\u{FFFD}"

    /// Writes one cell. If it overwrites half of a wide character, the other half becomes blank.
    private mutating func store(_ cell: Cell, x: Int, y: Int) {
        guard bounds.contains(x: x, y: y) else { return }
        let index = y * width + x
        switch cells[index].extent {
        case .single: break
        case .wide where x + 1 < width:
            cells[index + 1] = .blank(cells[index + 1].style)
        case .continuation where x > 0 && cell.extent != .continuation:
            cells[index - 1] = .blank(cells[index - 1].style)
        case .wide, .continuation: break
        }
        cells[index] = cell
    }
}
