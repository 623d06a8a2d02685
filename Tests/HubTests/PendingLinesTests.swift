import NIOCore
import ResilienceWire
import TestSupport
import Testing

@testable import Hub

@Suite struct PendingLinesTests {
    private static let source = InstanceID(agent: "a", instance: InstanceDigits(repeating: "a"))

    /// Appends a delta.
    private func add(
        _ ok: Int, sequence: Int, at time: Int64, to pending: inout PendingLines,
        _ place: inout SecondSums.Place
    ) {
        var counters = Counters()
        counters.ok = ok
        let delta = Delta(strategy: "pay", sequence: sequence, spanMS: 500, counters: counters)
        #expect(pending.append(delta, from: Self.source, at: time, &place) == true)
    }

    /// Takes all lines, with the sums up to now.
    private func take(_ pending: inout PendingLines) -> BroadcastBuffer.Piece? {
        _ = pending.closeSums()
        pending.passSums(limit: .max)
        return pending.take()
    }

    /// The lines of a piece for a viewer.
    private func lines(
        _ piece: BroadcastBuffer.Piece, _ detail: MetricsDetail, from batch: Int = 0
    ) throws -> [Line] {
        try piece.lines(detail, from: batch).flatMap { buffer in
            try String(buffer: buffer).utf8.split(separator: UInt8(ascii: "\n")).map {
                try Line(decoding: Array($0))
            }
        }
    }

    @Test func pieceHasEachLevelOfDetail() throws {
        var pending = PendingLines()
        pending.want([.full, .sums])
        #expect(pending.append(Line(at: 1_000, source: Self.source, .agentStale)) == true)
        var place = SecondSums.Place()
        add(1, sequence: 1, at: 1_000, to: &pending, &place)
        add(2, sequence: 2, at: 1_100, to: &pending, &place)
        let taken = take(&pending)
        let piece = try #require(taken)
        #expect(try lines(piece, .full).count == 3)
        #expect(try lines(piece, .off).count == 1)
        let summed = try lines(piece, .perSecond)
        #expect(summed.count == 2)
        guard case .delta(let sum) = summed.last?.message else {
            Issue.record("the last line is no sum")
            return
        }
        #expect(sum.counters.ok == 3)
        #expect(pending.isEmpty)
    }

    @Test(arguments: [[], .sums] as [PendingLines.Wanted])
    func figuresThatNoViewerWantsAreNotEncoded(wanted: PendingLines.Wanted) throws {
        var pending = PendingLines()
        pending.want(wanted)
        #expect(pending.append(Line(at: 1_000, source: Self.source, .agentStale)) == true)
        let call = CallReport(strategy: "pay", end: .ok, attempts: 1, microseconds: 5)
        #expect(pending.append(Line(at: 1_000, source: Self.source, .call(call))) == true)
        var place = SecondSums.Place()
        add(1, sequence: 1, at: 1_000, to: &pending, &place)
        let taken = take(&pending)
        let piece = try #require(taken)
        #expect(try lines(piece, .full).count == 1 && lines(piece, .off).count == 1)
        #expect(try lines(piece, .perSecond).count == (wanted.isEmpty ? 1 : 3))
    }

    @Test func pieceWithoutFiguresIsEncodedOnce() throws {
        var pending = PendingLines()
        #expect(pending.append(Line(at: 1_000, source: Self.source, .agentStale)) == true)
        let taken = pending.take()
        let piece = try #require(taken)
        #expect(piece.size == piece.all.readableBytes && piece.sums == nil)
    }

    @Test func openSumsAreNoLinesUntilTheirSecondIsOver() {
        var pending = PendingLines()
        pending.want(.sums)
        var place = SecondSums.Place()
        add(1, sequence: 1, at: 1_000, to: &pending, &place)
        pending.passSums(limit: .max)
        let none = pending.take()
        #expect(none == nil)
        #expect(pending.sums.count == 1)
        pending.turn(at: 2_000)
        pending.passSums(limit: .max)
        let sums = pending.take()
        #expect(sums != nil)
        #expect(pending.sums.count == 0)
    }

    /// A viewer's keyframe contains the deltas up to it, and the sums that follow contain those
    /// after it.
    @Test func sumsOfAnEarlierBatchAreNotForLaterViewers() throws {
        var pending = PendingLines()
        pending.want(.sums)
        var place = SecondSums.Place()
        add(1, sequence: 1, at: 1_000, to: &pending, &place)
        let batch = pending.closeSums()
        add(2, sequence: 2, at: 1_100, to: &pending, &place)
        let both = [take(&pending), take(&pending)].compactMap(\.self)
        #expect(try both.flatMap { try lines($0, .perSecond) }.count == 2)
        let later = try both.flatMap { try lines($0, .perSecond, from: batch) }
        guard case .delta(let sum) = later.first?.message, later.count == 1 else {
            Issue.record("not one sum: \(later)")
            return
        }
        #expect(sum.sequence == 2 && sum.summed == 1 && sum.counters.ok == 2)
    }

    @Test(arguments: [[], .sums, .full] as [PendingLines.Wanted])
    func lineTooLongForReadersIsRejected(wanted: PendingLines.Wanted) {
        var pending = PendingLines()
        pending.want(wanted)
        var counters = Counters()
        counters.errors = (0..<1_000).map {
            ErrorCount(type: "\($0)" + String(repeating: "x", count: 100), count: 1)
        }
        let delta = Delta(strategy: "pay", sequence: 1, spanMS: 500, counters: counters)
        var place = SecondSums.Place()
        #expect(pending.append(delta, from: Self.source, at: 1_000, &place) == false)
        let isEmpty = pending.isEmpty && pending.sums.count == 0
        #expect(isEmpty)
    }
}
