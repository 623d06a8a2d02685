import Dashboard
import DashboardApp
import Fleet
import Foundation
import ResilienceWire
import Screen
import TestSupport
import Testing
import WhatIf

@testable import Recording
@testable import fusebox

/// Every reader of recordings with mutated files: fields of headers and lines are changed and the
/// checksums corrected, so that checksums do not reject them. Longer in `make soak`.
@Suite(.serialized, .timeLimit(.minutes(3))) struct RecordingFuzzTests {
    static let duration = Duration.seconds(
        ProcessInfo.processInfo.environment["FUSEBOX_SOAK"].flatMap { Int($0) } ?? 3)

    /// Numbers at which arithmetic may overflow.
    static let numbers = [
        "-1", "0", "1", "9007199254740991", "9007199254740992", "9223372036854775807",
        "-9223372036854775808", "18446744073709551615", "1e300", "-1e300", "1e-300", "0.5", "4999",
        "5000",
    ]
    static let times: [Int64] = [
        .min, -1, 0, 1, 999, 1_000, 5_000, 1 << 53 - 1, 1 << 53, .max - 1, .max,
    ]

    @Test func readersSurviveMutatedRecordingsWithCorrectChecksums() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(seed: seed)
        let scratch = try Scratch()
        defer { scratch.remove() }
        let sources = Self.sources(&random)
        var read = 0
        var whole = 0
        let start = ContinuousClock.now
        while ContinuousClock.now - start < Self.duration {
            let isPlain = Int.random(in: 0..<4, using: &random) == 0
            let file = scratch.file(isPlain ? "r.ndjson" : "r.ndjson.zst")
            let bytes = Self.recording(sources, isPlain: isPlain, &random)
            // If a file stops the process, it remains here.
            try Data(bytes).write(to: URL(fileURLWithPath: file))
            whole += try Self.read(file, &random) ? 1 : 0
            read += 1
        }
        print(
            "\(read) recordings in \(ContinuousClock.now - start), \(whole) of them read, seed \(seed)"
        )
        #expect(whole > 20)
    }

    /// Returns lines of every kind, as text: random ones, and a sequence with incidents.
    private static func sources(_ random: inout SplitMix64) -> [[UInt8]] {
        var lines = RandomLines(seed: random.next())
        var all = (0..<500).map { _ in lines.line() }.map { line in
            Line(at: line.at ?? 1_000, source: line.source ?? HostileLines.id, line.message)
        }
        for _ in 0..<10 { all += HostileLines.keyframe + HostileLines.news }
        return all.map { HostileLines.bytes([$0]) }
    }

    private static func recording(
        _ sources: [[UInt8]], isPlain: Bool, _ random: inout SplitMix64
    ) -> [UInt8] {
        var bytes = Array(#"{"t":"recording","v":1,"at":1000,"fusebox":"0.1.0"}"#.utf8) + [0x0A]
        bytes = isPlain ? bytes : frame(bytes, 1, hasKeyframe: false, &random)
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let count = Int.random(in: 0...40, using: &random)
            var content: [UInt8] = []
            let hasKeyframe = Bool.random(using: &random)
            if hasKeyframe { content += HostileLines.bytes(HostileLines.keyframe) }
            for _ in 0..<count {
                guard let line = sources.randomElement(using: &random) else { continue }
                content += mutated(line, &random)
            }
            bytes +=
                isPlain ? content : frame(content, count, hasKeyframe: hasKeyframe, &random)
        }
        return bytes
    }

    /// Returns a frame with a correct checksum and a valid or random header.
    private static func frame(
        _ content: [UInt8], _ lines: Int, hasKeyframe: Bool, _ random: inout SplitMix64
    ) -> [UInt8] {
        let frame = ZstdCompressor().frame(of: content)
        func any<Value>(_ value: Value, _ others: [Value]) -> Value {
            Int.random(in: 0..<4, using: &random) == 0
                ? others.randomElement(using: &random) ?? value : value
        }
        let size = UInt32(frame.count)
        let header = FrameHeader(
            first: any(1_000, times), last: any(2_000, times),
            lines: any(UInt32(lines), [0, 1, .max]),
            size: any(size, [0, 1, size - 1, size + 1, size + 45, 1 << 24, .max]),
            hasKeyframe: any(hasKeyframe, [true, false]))
        return header.bytes + frame
    }

    /// Returns a line with a changed number, word or byte sequence.
    private static func mutated(_ line: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var line = line
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            switch Int.random(in: 0..<6, using: &random) {
            case 0...3:
                let digits = line.indices.filter { (0x30...0x39).contains(line[$0]) }
                guard let place = digits.randomElement(using: &random) else { continue }
                var (start, end) = (place, place + 1)
                while start > 0, (0x30...0x39).contains(line[start - 1]) { start -= 1 }
                while end < line.count, (0x30...0x39).contains(line[end]) { end += 1 }
                let number = numbers.randomElement(using: &random) ?? "0"
                line.replaceSubrange(start..<end, with: Array(number.utf8))
            case 4:
                let end = line.count - 1
                guard end > 0 else { continue }
                let cut = Int.random(in: 0..<end, using: &random)
                line.removeSubrange(cut..<min(end, cut + 8))
            default:
                guard !line.isEmpty else { continue }
                let place = Int.random(in: 0..<line.count, using: &random)
                line[place] = UInt8.random(in: 0...255, using: &random)
            }
        }
        return line
    }

    /// Runs every reader on a file. Returns whether the file is a recording.
    private static func read(_ file: String, _ random: inout SplitMix64) throws -> Bool {
        guard let recorded = try? RecordingCursor(file) else { return false }
        let begin: Fleet = recorded.state(at: .min)
        var (incidents, series, tracker) = (Incidents(), Series(per: 10_000), KeyframeTracker())
        var rows: [Series.Row] = []
        var (total, times) = (Counters(), nil as ClosedRange<Int64>?)
        var calls: [WhatIf.Call] = []
        incidents.begin(with: begin)
        series.begin(with: begin)
        while let line = recorded.next() {
            guard tracker.take(line) == .event, let at = line.at else { continue }
            times = min(times?.lowerBound ?? at, at)...max(times?.upperBound ?? at, at)
            incidents.take(line)
            rows += series.take(line)
            if let counted = line.counted { total.add(counted.counters) }
            if case .call(let call) = line.message, let source = line.source {
                calls.append(
                    WhatIf.Call(at: at, instance: source, end: call.end, attempts: call.attempts))
            }
        }
        rows += series.finish()
        let report = Report(incidents: incidents.all(), times: times, total: total, instances: 1)
        var printed = report.markdown + "\n"
        for row in rows { printed += SeriesText(row).csv + "\n" + SeriesText(row).json + "\n" }
        // A field with a formula may contain line ends in quotes; nothing else is unsafe.
        #expect(HostileLines.unsafe(in: printed) == [])
        // Attempts cost time, which other tests bound.
        let trial = calls.filter { $0.attempts < 100 }
        var policy = WhatIf.Policy()
        policy.failureThreshold = 5
        _ = try WhatIf(trial, under: policy).outcome(under: policy)
        try show(recorded, &random)
        return true
    }

    /// Draws the screen and `status --json` at several times, and the seek bar.
    private static func show(_ recorded: RecordingCursor, _ random: inout SplitMix64) throws {
        var state = State(
            mode: .replay(file: "r", speed: 1), host: "", mayControl: false, makeID: { "" })
        _ = update(&state, .resized(width: 120, height: 40))
        let bounds = recorded.times
        for time in [.min, .max, bounds.lowerBound, Int64.random(in: bounds, using: &random)] {
            let fleet = recorded.state(at: time)
            _ = update(&state, .lines(Array(fleet.keyframe(at: fleet.at))))
            _ = update(&state, .tick(at: max(0, min(time, WireLimits.count))))
            _ = render(state, glyphs: .unicode)
            try StatusReport(fleet).forEachPiece { _ in }
            _ = StatusTable.text(fleet)
        }
        recorded.rewind()
        let lines = sequence(state: recorded) { $0.next() }
        _ = update(&state, .timeline(Timeline(bounds, lines)))
        _ = render(state, glyphs: .ascii)
    }
}
