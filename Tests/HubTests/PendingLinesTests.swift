import NIOCore
import ResilienceWire
import TestSupport
import Testing

@testable import Hub

@Suite struct PendingLinesTests {
    private static let source = InstanceID(agent: "a", instance: InstanceDigits(repeating: "a"))

    private func delta(_ ok: Int, sequence: Int, at: Int64) -> Line {
        var counters = Counters()
        counters.ok = ok
        return Line(
            at: at, source: Self.source,
            .delta(
                Delta(strategy: "pay", sequence: sequence, spanMS: 500, counters: counters)))
    }

    private func lines(_ buffer: ByteBuffer?) throws -> [Line] {
        try String(buffer: buffer ?? ByteBuffer()).utf8.split(separator: UInt8(ascii: "\n")).map {
            try Line(decoding: Array($0))
        }
    }

    @Test func pieceHasEachLevelOfDetail() throws {
        var pending = PendingLines()
        pending.want([.full, .sums])
        #expect(pending.append(Line(at: 1_000, source: Self.source, .agentStale)) == true)
        #expect(pending.append(delta(1, sequence: 1, at: 1_000)) == true)
        #expect(pending.append(delta(2, sequence: 2, at: 1_100)) == true)
        pending.passAllSums()
        let taken = pending.take()
        let piece = try #require(taken)
        #expect(try lines(piece[.full]).count == 3)
        #expect(try lines(piece[.off]).count == 1)
        let summed = try lines(piece[.perSecond])
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
        #expect(pending.append(delta(1, sequence: 1, at: 1_000)) == true)
        pending.passAllSums()
        let taken = pending.take()
        let piece = try #require(taken)
        #expect(try lines(piece[.full]).count == 1 && lines(piece[.off]).count == 1)
        #expect(try lines(piece[.perSecond]).count == (wanted.isEmpty ? 1 : 3))
    }

    @Test func pieceWithoutFiguresIsEncodedOnce() throws {
        var pending = PendingLines()
        #expect(pending.append(Line(at: 1_000, source: Self.source, .agentStale)) == true)
        let taken = pending.take()
        let piece = try #require(taken)
        #expect(piece.size == piece.all.readableBytes && piece.summed == nil)
    }

    @Test func openSumsStayPendingUntilTheirSecondIsOver() {
        var pending = PendingLines()
        pending.want(.sums)
        #expect(pending.append(delta(1, sequence: 1, at: 1_000)) == true)
        _ = pending.take()
        #expect(pending.passSums() == false)
        let none = pending.take()
        #expect(none == nil)
        #expect(!pending.isEmpty)
        pending.turn(at: 2_000)
        #expect(pending.passSums() == false)
        let sums = pending.take()
        #expect(sums != nil)
        #expect(pending.isEmpty)
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
        #expect(pending.append(Line(at: 1_000, source: Self.source, .delta(delta))) == false)
        let isEmpty = pending.isEmpty
        #expect(isEmpty)
    }
}
