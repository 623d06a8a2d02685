import Screen
import Testing

@Suite struct LayoutTests {
    @Test func sharesTakeSpaceLeftByFixedParts() {
        #expect(
            Layout.divide(20, into: [.fixed(3), .share(1), .share(2), .fixed(2)]) == [3, 5, 10, 2])
        #expect(
            Layout.divide(4, into: [.fixed(3), .share(1, minimum: 5), .fixed(2)]) == [3, 1, 0])
    }

    @Test func partsNeverExceedTotal() {
        for total in -3...60 {
            let parts = Layout.divide(
                total, into: [.share(3, minimum: 2), .fixed(7), .share(0), .share(2)])
            #expect(parts.reduce(0, +) <= max(0, total))
            #expect(parts.allSatisfy { $0 >= 0 })
        }
    }

    @Test func columnsWithACommonBorderOverlapByOne() {
        let parts = Rect(width: 13, height: 3).columns([.share(1), .share(1)], overlap: 1)
        #expect(parts.map { [$0.x, $0.width] } == [[0, 7], [6, 7]])
    }

    @Test func rectanglePartsCanBeTakenFromTopAndBottom() {
        var rect = Rect(x: 1, y: 1, width: 10, height: 5)
        #expect(rect.takeTop(1) == Rect(x: 1, y: 1, width: 10, height: 1))
        #expect(rect.takeBottom(9) == Rect(x: 1, y: 2, width: 10, height: 4))
        #expect(rect.isEmpty)
        #expect(
            Rect(width: 10, height: 4).centered(width: 4, height: 2)
                == Rect(x: 3, y: 1, width: 4, height: 2))
    }
}
