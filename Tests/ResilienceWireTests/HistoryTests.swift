import ResilienceWire
import TestSupport
import Testing

/// Tests of `history` lines: their size, and how long ones are divided.
@Suite struct HistoryTests {
    static let planner = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "a"))

    /// Slots of a strategy with about 80 calls in 5 s, some of which fail or are retried.
    static func busySlots(_ random: inout SplitMix64) -> [History.Slot] {
        (0..<History.slotLimit).map { offset in
            func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
            var counters = Counters()
            counters.failed = number(0...3)
            counters.ok = number(60...90)
            let retried = number(1...9)
            counters.attempts = counters.ok + counters.failed + retried
            counters.retryMS = Int64(number(100...999))
            counters.inFlight = number(0...9)
            counters.waiting = number(0...2)
            counters.oldestMS = Int64(number(10...400))
            counters.retries = [
                RetryCount(retries: 0, calls: counters.ok - retried),
                RetryCount(retries: 1, calls: retried),
                RetryCount(retries: 2, calls: max(1, counters.failed)),
            ]
            counters.errors = [
                ErrorCount(type: "HTTP 503", count: number(1...3)),
                ErrorCount(type: "TimeoutError", count: number(1...9)),
            ]
            let first = number(180...190)
            counters.latency = (0..<10).map { index in
                LatencyCount(bucket: first + 2 * index, count: number(1...12))
            }
            return History.Slot(offset: offset, counters: counters)
        }
    }

    static func line(_ slots: [History.Slot]) -> Line {
        let history = History(strategy: "pay/stripe", from: 1_700_000_000_000, slots: slots)
        return Line(at: 1_700_000_300_000, source: planner, .history(history))
    }

    /// In `slot` lines they take 24,000 bytes.
    @Test(arguments: 0..<8) func fiveBusyMinutesTakeAtMost5000Bytes(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let slots = Self.busySlots(&random)
        let asSlotLines = slots.map { slot in
            let delta = Delta(
                strategy: "pay/stripe", sequence: 0, spanMS: 5_000, counters: slot.counters)
            return Line(at: 1_700_000_000_000, source: Self.planner, .slot(delta))
        }
        #expect(asSlotLines.reduce(0) { $0 + $1.encoded.count } >= 24_000)
        #expect(Self.line(slots).encoded.count <= 5_000)
    }

    /// Whatever an agent counts, each line is short enough for readers, and together they have all
    /// slots.
    @Test(arguments: [0, 1, 16, 64, 256], [0, 20, 60]) func longHistoryBecomesSeveralLines(
        textBytes: Int, types: Int
    ) throws {
        var random = SplitMix64(seed: 1)
        var slots = Self.busySlots(&random)
        for index in slots.indices {
            let names = (10..<10 + types).map { "E\(index)-\($0)" }
            slots[index].counters.errors = names.map { ErrorCount(type: $0, count: 1) }
            slots[index].counters.messages = names.map {
                ErrorMessage(type: $0, text: String(repeating: "x", count: textBytes))
            }
        }
        var bytes: [UInt8] = []
        let count = Self.line(slots).encodeWhole(into: &bytes)
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == count)
        let parts = try lines.map { try Line(decoding: $0) }
        let read = parts.flatMap { line -> [History.Slot] in
            if case .history(let history) = line.message { history.slots } else { [] }
        }
        #expect(read == slots)
        #expect(parts.allSatisfy { $0.at == 1_700_000_300_000 && $0.source == Self.planner })
    }

    @Test func slotTooLongForALineLosesItsMessages() throws {
        var counters = Counters()
        counters.ok = 1
        counters.messages = (100..<400).map {
            ErrorMessage(type: "E\($0)", text: String(repeating: "x", count: 256))
        }
        var bytes: [UInt8] = []
        Self.line([History.Slot(offset: 0, counters: counters)]).encodeWhole(into: &bytes)
        counters.messages = []
        #expect(
            try Line(decoding: bytes) == Self.line([History.Slot(offset: 0, counters: counters)]))
    }

    @Test(arguments: [
        (#""n":1,"ok":[5],"ok":[3]"#, #""n":1,"ok":[3]"#),
        (#""n":2,"ok":[5,6],"ok":[3]"#, #""n":2,"ok":[3]"#),
        (#""n":1,"errors":{"E":[2],"E":[3]}"#, #""n":1,"errors":{"E":[3]}"#),
        (#""n":1,"errors":{"F":[2],"E":[3]}"#, #""n":1,"errors":{"E":[3],"F":[2]}"#),
        (#""n":1,"retries":{"2":[2],"0":[3]}"#, #""n":1,"retries":{"0":[3],"2":[2]}"#),
        (#""n":2,"ok":[0,0],"errors":{"E":[0]},"latency":[[]],"facets":[{}]"#, #""n":2"#),
        (#""n":1,"facets":[{"ok":5,"x":[1]}],"future":[1,2,3]"#, #""n":1"#),
        (#""ok":[1],"slots":[0],"n":1"#, #""n":1,"ok":[1]"#),
    ])
    func otherFormsOfALineMeanTheSame(fields: String, canonical: String) throws {
        func line(_ fields: String) -> String { #"{"t":"history","s":"s","from":0,\#(fields)}"# }
        #expect(
            String(decoding: try Line(line(fields)).encoded, as: UTF8.self) == line(canonical)
                + "\n")
    }
}
