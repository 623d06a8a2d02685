import ResilienceWire
import TestSupport
import Testing

@testable import Fleet

/// Tests of the window of a strategy, which packs completed slots.
@Suite struct WindowTests {
    /// Counters as agents may send them.
    private static func counters(_ lines: inout RandomLines) -> Counters {
        while true {
            if case .delta(let delta) = lines.line().message { return delta.counters }
        }
    }

    private func record(_ window: Window) -> StrategyRecord {
        var record = StrategyRecord("pay")
        record.window = window
        return record
    }

    @Test func packedCountersUnpackToTheSameValue() {
        var lines = RandomLines(seed: 1)
        for _ in 0..<500 {
            let before = Self.counters(&lines)
            var copy = before
            var writer = PackedCounters.Writer()
            copy.pass(through: &writer)
            var reader = PackedCounters.Reader(writer.bytes)
            var after = Counters()
            after.pass(through: &reader)
            #expect(after == before)
        }
    }

    @Test func slotWithFewCallsTakesFewBytes() {
        var counters = Counters()
        counters.ok = 120
        counters.failed = 3
        counters.attempts = 126
        counters.retries = [RetryCount(retries: 0, calls: 120), RetryCount(retries: 1, calls: 3)]
        counters.errors = [ErrorCount(type: "TimeoutError", count: 3)]
        counters.latency = [LatencyCount(bucket: 141, count: 123)]
        var writer = PackedCounters.Writer()
        counters.pass(through: &writer)
        #expect(writer.bytes.count <= 48)
    }

    /// Compares a window with an implementation that keeps all slots, also for late counts.
    @Test(arguments: 0..<20) func windowSlotsEqualAReferenceImplementation(seed: Int) {
        var lines = RandomLines(seed: UInt64(seed))
        var random = SplitMix64(seed: UInt64(seed))
        var window = Window()
        var plain: [Int64: Counters] = [:]
        var time: Int64 = 1_700_000_000_000
        for _ in 0..<200 {
            time += Int64.random(in: 0...4_000, using: &random)
            let late =
                Bool.random(using: &random) ? 0 : Int64.random(in: 0...60_000, using: &random)
            let start = (time - late) / Window.slotMS * Window.slotMS
            let counters = Self.counters(&lines)
            window.add(counters, start: start)
            plain[start, default: Counters()].add(counters)
            let latest = plain.keys.max() ?? 0
            plain = plain.filter { $0.key > latest - Int64(Window.slotCount) * Window.slotMS }
        }
        let expected = plain.sorted { $0.key < $1.key }
        #expect(window.slots.map(\.start) == expected.map(\.key))
        #expect(window.slots.map(\.counters) == expected.map(\.value))
        #expect(window.start == expected.first?.key)
        let minute = expected.filter { $0.key > time / Window.slotMS * Window.slotMS - 60_000 }
        var calls = CallCounts()
        for (_, counters) in minute { calls.add(CallCounts(counters)) }
        #expect(record(window).usedSlots(from: .min) == expected.count)
        #expect(record(window).calls(last: 60_000, at: time) == calls)
        var total = Counters()
        for (_, counters) in minute { total.add(counters) }
        #expect(window.total(last: 60_000, at: time) == total)
    }

    /// The total gets the counters of a slot when the slot ends, but shows them at once: also those
    /// that come late, cover many slots or are too old for the window, and without the history.
    @Test(arguments: 0..<20) func totalHasAllCountersAtAnyTime(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var lines = RandomLines(seed: seed)
        var record = StrategyRecord("pay")
        var expected = Counters()
        var time: Int64 = 1_700_000_000_000
        for number in 1...100 {
            time += Int64.random(in: -2_000...6_000, using: &random)
            var counters = Self.counters(&lines)
            // A part of these can not be told from the whole by count.
            counters.facets = nil
            counters.errors.removeAll { $0.count == 0 }
            counters.retries.removeAll { $0.calls == 0 }
            counters.latency.removeAll { $0.count == 0 }
            let late =
                Bool.random(using: &random) ? 0 : Int64.random(in: 0...400_000, using: &random)
            let span =
                Bool.random(using: &random) ? 500 : Int64.random(in: 0...400_000, using: &random)
            let delta = Delta(strategy: "pay", sequence: number, spanMS: span, counters: counters)
            record.count(delta, at: time - late)
            expected.add(counters)
            if number.isMultiple(of: 30) {
                record.window.forget()
                #expect(record.window.slots.isEmpty)
            }
            #expect(record.total.ok == expected.ok && record.total.failed == expected.failed)
            #expect(record.total.rejected == expected.rejected)
            #expect(record.total.attempts == expected.attempts)
            #expect(record.total.cancelled == expected.cancelled)
            #expect(record.total.latency == expected.latency)
            #expect(record.total.retryMS == expected.retryMS)
        }
    }

    /// A recording may have slots in any order. Each costs little, and none is kept forever.
    @Test func slotsOfLateOrJumpingTimesAreBounded() {
        var window = Window()
        for index in 0..<100_000 {
            window.add(Counters(), start: 1_700_000_000_003 - Int64(index) * Window.slotMS)
        }
        #expect(record(window).usedSlots(from: .min) == Window.slotCount)
        #expect(window.start == 1_700_000_000_000 - 59 * Window.slotMS)
        for index in 0..<100 { window.add(Counters(), start: Int64(index) << 40) }
        #expect(record(window).usedSlots(from: .min) == 1)
    }

    @Test func slotsOlderThanFiveMinutesAreForgotten() {
        var window = Window()
        var counters = Counters()
        for second in 0..<1_000 {
            counters.ok = second
            window.add(counters, span: 0, at: Int64(second) * 1_000)
        }
        #expect(record(window).usedSlots(from: .min) == Window.slotCount)
        #expect(window.slots.count == Window.slotCount)
        #expect(window.start == 700_000)
        #expect(window.slots.first?.counters.ok == 700 + 701 + 702 + 703 + 704)
    }

    /// Deltas may claim to cover the whole window again and again. Late counts go to the right
    /// slot, and forgotten slots stay forgotten.
    @Test(arguments: 0..<10) func deltasThatCoverManySlotsAreSpread(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        var window = Window()
        var plain: [Int64: Int] = [:]
        var time: Int64 = 1_700_000_000_000
        var counters = Counters()
        for _ in 0..<100 {
            time += Int64.random(in: 0...20_000, using: &random)
            let parts = Int.random(in: 2...70, using: &random)
            counters.ok = 60 * parts
            window.add(counters, span: Int64(parts) * Window.slotMS, at: time)
            let kept = min(parts, Window.slotCount)
            let last = time / Window.slotMS * Window.slotMS
            for index in 0..<kept {
                plain[last - Int64(index) * Window.slotMS, default: 0] += counters.ok / kept
                if kept - 1 - index < counters.ok % kept {
                    plain[last - Int64(index) * Window.slotMS, default: 0] += 1
                }
            }
            plain = plain.filter { $0.key > last - Int64(Window.slotCount) * Window.slotMS }
            #expect(window.slots.map(\.start) == plain.keys.sorted())
            #expect(
                window.slots.map(\.counters.ok) == plain.sorted { $0.key < $1.key }.map(\.value))
            #expect(record(window).usedSlots(from: .min) == plain.count)
            #expect(window.start == plain.keys.min())
        }
    }
}
