import Screen
import Testing

@Suite struct TableTests {
    static let columns = [
        Column("STATE", minimum: 9, ideal: 15),
        Column("AGENT", minimum: 7, ideal: 11, maximum: 24),
        Column("FAIL/S", .trailing, minimum: 6),
        Column("CAP", .trailing, minimum: 4, dropOrder: 3),
        Column("RETRIES", minimum: 12, ideal: 18, dropOrder: 2),
        Column("TREND 5m", minimum: 10, ideal: 12, dropOrder: 1),
        Column("WHY", minimum: 7, ideal: 10, maximum: 60),
    ]

    @Test(arguments: 1...250)
    func columnsNeverOverlapOrLeaveTheTable(width: Int) {
        let places = ColumnLayout(Self.columns, width: width).places
        var free = 0
        for place in places {
            #expect(place.x >= free)
            #expect(place.width >= 1)
            #expect(place.width <= Self.columns[place.column].maximum)
            free = place.x + place.width + 2
        }
        #expect(free - 2 <= width)
        #expect(places.map(\.column) == places.map(\.column).sorted())
    }

    @Test func columnsAreDroppedInTheirOrder() {
        var before = Set(Self.columns.indices)
        for width in stride(from: 250, through: 10, by: -1) {
            let shown = Set(ColumnLayout(Self.columns, width: width).places.map(\.column))
            #expect(shown.isSubset(of: before))
            #expect(shown.isSuperset(of: [0, 1, 2, 6]))
            if shown.contains(5) { #expect(shown.contains(4)) }
            if shown.contains(4) { #expect(shown.contains(3)) }
            before = shown
        }
        #expect(before == [0, 1, 2, 6])
    }

    @Test func spareWidthGoesToIdealWidthsFirst() {
        let columns = [
            Column("A", minimum: 2, ideal: 4, maximum: 99), Column("B", minimum: 2, ideal: 6),
        ]
        #expect(ColumnLayout(columns, width: 12).places.map(\.width) == [4, 6])
        #expect(ColumnLayout(columns, width: 20).places.map(\.width) == [12, 6])
    }

    @Test func tableIsDrawnInABox() {
        var grid = Grid(width: 40, height: 6)
        grid.box(grid.bounds, glyphs: .unicode, title: ["Strategies 3"])
        let table = Table(
            columns: [
                Column("STATE", minimum: 8), Column("AGENT", minimum: 8),
                Column("SERVED", .trailing, minimum: 6), Column("WHY", minimum: 4, maximum: 6),
            ],
            rows: [
                [[Span("○ OPEN", .open)], ["planner"], ["3%"], ["timeout"]],
                [[Span("◐ HALF", .halfOpen)], ["日本語の代理"], ["99.1%"], ["-"]],
                [[Span("● CLOSED", .closed)], ["auth"], ["1000.55%"]],
            ],
            selected: 1)
        table.render(into: &grid, grid.bounds.inset(), glyphs: .unicode)
        #expect(
            grid.text == [
                "┌Strategies 3──────────────────────────┐",
                "│  STATE     AGENT     SERVED  WHY     │",
                "│  ○ OPEN    planner       3%  timeo…  │",
                "│> ◐ HALF    日本語…    99.1%  -       │",
                "│  ● CLOSED  auth      1000.…          │",
                "└──────────────────────────────────────┘",
            ])
        #expect(grid.styles[3].contains("3-8 half_open on selection"))
    }

    @Test(arguments: 0...30, [1, 2, 5])
    func tableStaysInItsRectangle(width: Int, height: Int) {
        let rows = (0..<9).map { [[Span("○ OPEN \($0)")], ["日本語"], ["x"], ["y"]] }
        let table = Table(columns: Self.columns, rows: rows, selected: 8, offset: 7)
        var grid = Grid(width: 40, height: 8)
        grid.fill(grid.bounds, "#")
        let rect = Rect(x: 3, y: 1, width: width, height: height)
        table.render(into: &grid, rect, glyphs: .unicode)
        for y in 0..<8 {
            for x in 0..<40 where !rect.contains(x: x, y: y) {
                #expect(grid.cell(x: x, y: y)?.character == "#")
            }
        }
    }

    @Test func selectedRowStaysVisible() {
        #expect(Table.offset(showing: 0, of: 50, visible: 10, from: 20) == 0)
        #expect(Table.offset(showing: 25, of: 50, visible: 10, from: 20) == 20)
        #expect(Table.offset(showing: 30, of: 50, visible: 10, from: 20) == 21)
        #expect(Table.offset(showing: nil, of: 50, visible: 10, from: 49) == 40)
        #expect(Table.offset(showing: 3, of: 4, visible: 10, from: 2) == 0)
        #expect(Table.offset(showing: 3, of: 4, visible: 0, from: 2) == 2)
    }
}
