import Screen
import TestSupport
import Testing

@Suite struct GridDiffTests {
    @Test func equalGridsHaveNoRuns() {
        var grid = Grid(width: 9, height: 3)
        grid.put("日本 x", x: 1, y: 1)
        #expect(grid.diff(from: grid).isEmpty)
    }

    @Test func runsContainOnlyChangedCells() {
        var old = Grid(width: 10, height: 2)
        old.put("abcdefghij", x: 0, y: 1)
        var new = old
        new.put("X", x: 2, y: 1)
        new.put("YZ", x: 7, y: 1)
        let runs = new.diff(from: old)
        #expect(runs.map { "\($0.y):\($0.x)+\($0.cells.count)" } == ["1:2+1", "1:7+2"])
    }

    @Test func differentSizesAreDrawnCompletely() {
        let runs = Grid(width: 2, height: 3).diff(from: Grid(width: 3, height: 2))
        #expect(runs.map(\.y) == [0, 1, 2])
        #expect(runs.allSatisfy { $0.x == 0 && $0.cells.count == 2 })
    }

    @Test(arguments: 0..<200)
    func runsTurnOldGridIntoNewGrid(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let width = Int.random(in: 1...20, using: &random)
        let old = scribble(Grid(width: width, height: 3), &random)
        let new = scribble(seed % 2 == 0 ? old : Grid(width: width, height: 3), &random)
        let runs = new.diff(from: old)
        var patched = old
        for run in runs { patched.apply(run) }
        #expect(patched == new)
        for run in runs {
            #expect(run.cells.first?.extent != .continuation)
            #expect(run.cells.last?.extent != .wide)
        }
    }

    private func scribble(_ grid: Grid, _ random: inout SplitMix64) -> Grid {
        let pieces = ["ab", "日本", "e\u{301}", "x", "語", "   ", "\u{1B}"]
        var grid = grid
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let piece = pieces[Int.random(in: 0..<pieces.count, using: &random)]
            let role = Role.allCases[Int.random(in: 0..<3, using: &random)]
            let x = Int.random(in: -2...grid.width, using: &random)
            let y = Int.random(in: 0..<3, using: &random)
            grid.put(piece, x: x, y: y, style: Style(role))
        }
        return grid
    }
}
