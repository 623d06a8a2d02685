/// A rectangle of cells. Width and height are never negative.
public struct Rect: Sendable, Hashable {
    /// The leftmost column.
    public var x: Int
    /// The topmost row.
    public var y: Int
    /// Columns.
    public private(set) var width: Int
    /// Rows.
    public private(set) var height: Int

    /// Creates a rectangle. A negative size counts as 0.
    public init(x: Int = 0, y: Int = 0, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = max(0, width)
        self.height = max(0, height)
    }

    /// The column after the last one.
    public var maxX: Int { x + width }
    /// The row after the last one.
    public var maxY: Int { y + height }
    /// Whether the rectangle has no cells.
    public var isEmpty: Bool { width == 0 || height == 0 }

    /// Whether the cell at `x`, `y` lies inside the rectangle.
    public func contains(x: Int, y: Int) -> Bool {
        x >= self.x && x < maxX && y >= self.y && y < maxY
    }

    /// Returns the part that both rectangles have in common.
    public func intersection(_ other: Rect) -> Rect {
        let left = max(x, other.x)
        let top = max(y, other.y)
        return Rect(
            x: left, y: top, width: min(maxX, other.maxX) - left,
            height: min(maxY, other.maxY) - top)
    }

    /// Returns the rectangle without `dx` columns on each side and without `dy` rows above and
    /// below.
    public func inset(_ dx: Int = 1, _ dy: Int = 1) -> Rect {
        Rect(
            x: x + min(dx, width), y: y + min(dy, height), width: width - 2 * dx,
            height: height - 2 * dy)
    }

    /// Returns a rectangle of the given size in the middle of this one.
    public func centered(width: Int, height: Int) -> Rect {
        let width = min(width, self.width)
        let height = min(height, self.height)
        return Rect(
            x: x + (self.width - width) / 2, y: y + (self.height - height) / 2, width: width,
            height: height)
    }

    /// Removes up to `rows` from the top of the rectangle and returns them.
    public mutating func takeTop(_ rows: Int) -> Rect {
        let taken = Rect(x: x, y: y, width: width, height: min(rows, height))
        self = Rect(x: x, y: y + taken.height, width: width, height: height - taken.height)
        return taken
    }

    /// Removes up to `rows` from the bottom of the rectangle and returns them.
    public mutating func takeBottom(_ rows: Int) -> Rect {
        let height = min(max(0, rows), self.height)
        let taken = Rect(x: x, y: maxY - height, width: width, height: height)
        self = Rect(x: x, y: y, width: width, height: self.height - height)
        return taken
    }
}
