/// Changed cells of one row, from column `x` to the right.
public struct Run: Sendable, Hashable {
    /// The first column.
    public var x: Int
    /// The row.
    public var y: Int
    /// The new cells. They contain only whole characters.
    public var cells: [Cell]

    /// Creates a run of changed cells.
    public init(x: Int, y: Int, cells: [Cell]) {
        self.x = x
        self.y = y
        self.cells = cells
    }
}

extension Grid {
    /// Returns the runs that turn `old` into this grid, from top to bottom and left to right. If
    /// the sizes differ, the runs cover the whole grid. No run splits a wide character.
    public func diff(from old: Grid) -> [Run] {
        let sameSize = old.width == width && old.height == height
        var runs: [Run] = []
        for y in 0..<height {
            let new = Array(row(y))
            guard sameSize else {
                if !new.isEmpty { runs.append(Run(x: 0, y: y, cells: new)) }
                continue
            }
            let before = Array(old.row(y))
            if new == before { continue }
            var x = 0
            while x < width {
                if new[x] == before[x] {
                    x += 1
                    continue
                }
                var start = x
                if new[start].extent == .continuation, start > 0 { start -= 1 }
                while x < width, new[x] != before[x] || new[x].extent == .continuation { x += 1 }
                runs.append(Run(x: start, y: y, cells: Array(new[start..<x])))
            }
        }
        return runs
    }

    /// Writes the cells of a run into the grid without any change.
    public mutating func apply(_ run: Run) {
        for (offset, cell) in run.cells.enumerated() {
            replace(cell, x: run.x + offset, y: run.y)
        }
    }
}
