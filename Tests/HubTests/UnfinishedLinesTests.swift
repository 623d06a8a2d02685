import Testing

@testable import Hub

@Suite struct UnfinishedLinesTests {
    @Test func totalIsTheSumOfWhatPeersHaveLeft() {
        var lines = UnfinishedLines()
        lines.set(0, of: 1, hasEnded: false, at: 0)
        lines.set(10, of: 1, hasEnded: false, at: 0)
        lines.set(30, of: 1, hasEnded: false, at: 1)
        lines.set(5, of: 2, hasEnded: false, at: 2)
        #expect(lines.total == 35)
        lines.set(0, of: 1, hasEnded: true, at: 3)
        #expect(lines.total == 5)
        #expect(lines.remove(2) == 5)
        #expect(lines.remove(2) == 0)
        #expect(lines.total == 0)
    }

    @Test func peersWhoseLinesBeganFirstAreDisconnectedFirst() {
        var lines = UnfinishedLines()
        // A peer that ends its lines has begun its present one lately.
        for time in 0..<5 {
            lines.set(1, of: 9, hasEnded: true, at: Double(time))
            lines.set(10, of: time, hasEnded: false, at: Double(time))
        }
        #expect(lines.oldest(above: 51) == [])
        #expect(lines.oldest(above: 50) == [0])
        #expect(lines.oldest(above: 25) == [0, 1, 2])
        #expect(lines.oldest(above: 0).count == 6)
    }
}
