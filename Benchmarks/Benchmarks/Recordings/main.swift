// Measures writing, reading and seeking in a recording: swift run -c release Recordings [LINES].
// The default is 10,000,000 call lines. The file is created in the temporary directory and removed.

import Fleet
import Foundation
import Recording
import ResilienceWire

func seconds(_ work: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    return try clock.measure(work) / .seconds(1)
}

func residentMiB() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) / 1_024
}

/// Generates call lines of 50 agents, 0.1 ms apart.
struct Calls {
    private let sources = (0..<50).map { number in
        InstanceID(agent: "agent\(number)", instance: .random())
    }
    private var state: UInt64 = 1

    mutating func line(_ number: Int) -> Line {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let failed = state >> 60 == 0
        let call = CallReport(
            strategy: "s\(Int(state >> 40) % 20)", end: failed ? .failed : .ok,
            attempts: failed ? 3 : 1, microseconds: Int64(state >> 48),
            errors: failed ? ["TimeoutError", "TimeoutError", "HTTP 503"] : [])
        let at = 1_700_000_000_000 + Int64(number / 10)
        return Line(at: at, source: sources[Int(state >> 33) % 50], .call(call))
    }
}

func row(_ what: String, _ value: String, _ target: String, _ ratio: Double?) {
    let ratio = ratio.map { String(format: "%.2f", $0) } ?? ""
    print("| \(what) | \(value) | \(target) | \(ratio) |")
}

let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 10_000_000
let path = NSTemporaryDirectory() + "fusebox-bench-\(UUID().uuidString).ndjson.zst"
defer { unlink(path) }

var calls = Calls()
var fleet = Fleet()
let lines = (0..<100_000).map { calls.line($0) }
let apply = seconds { for line in lines { fleet.apply(line) } } / Double(lines.count)

let writer = try RecordingWriter(path: path, fusebox: "bench", at: 1_700_000_000_000)
fleet = Fleet()
calls = Calls()
var writing = 0.0
var encoding = 0.0
var number = 0
while number < count {
    let batch = (number..<min(count, number + 1_000)).map { calls.line($0) }
    number += batch.count
    for line in batch { fleet.apply(line) }
    var bytes: [UInt8] = []
    encoding += seconds { for line in batch { line.encode(into: &bytes) } }
    // In batches of encoded lines, as a hub sends them.
    writing += seconds {
        writer.write(LineBatch(bytes: bytes))
        if writer.isKeyframeDue(at: fleet.at) {
            writer.writeKeyframe(fleet.keyframe(at: fleet.at, hasHistory: true), at: fleet.at)
        }
    }
}
writing += seconds { writer.flush() }

print("| \(count) call lines | figure | target | ours/target |")
print("| --- | --- | --- | --- |")
let size = Double(writer.bytes) / Double(count)
row("size a line", String(format: "%.1f bytes", size), "20 bytes", size / 20)
let write = writing / Double(count) * 1e9
row("writing a line", String(format: "%.0f ns", write), "300 ns", write / 300)
row("encoding one", String(format: "%.0f ns", encoding / Double(count) * 1e9), "", nil)

var read = 0
var peak = 0
let reading = try seconds {
    let reader = try RecordingReader(path: path)
    while reader.next() != nil {
        read += 1
        if read % 1_000_000 == 0 { peak = max(peak, residentMiB()) }
    }
}
let rate = Double(read) / reading
row("reading", String(format: "%.2f M lines/s", rate / 1e6), "3 M lines/s", 3e6 / rate)
var replayed = Fleet()
let replaying = try seconds {
    let reader = try RecordingReader(path: path)
    while let line = reader.next() { replayed.apply(line) }
}
let replay = Double(read) / replaying
row(
    "replay, each line applied", String(format: "%.2f M lines/s", replay / 1e6), "3 M lines/s",
    3e6 / replay)
row("of that, applying alone", String(format: "%.0f ns a line", apply * 1e9), "", nil)
row("memory while replaying", "\(max(peak, residentMiB())) MiB", "", nil)

var index: RecordingIndex?
let indexing = seconds { index = RecordingIndex(path: path) }
row("index", String(format: "%.1f ms", indexing * 1e3), "", nil)
var seeks: [Double] = []
var random = SystemRandomNumberGenerator()
if let index, let times = index.times {
    let reader = try RecordingReader(path: path)
    for _ in 0..<500 {
        let time = Int64.random(in: times, using: &random)
        seeks.append(
            seconds {
                guard let start = index.start(for: time) else { return }
                reader.seek(to: start.offset)
                var state = Fleet()
                while let line = reader.next() {
                    state.apply(line)
                    if case .keyframe = line.message {
                        while let more = reader.next() {
                            state.apply(more)
                            if more.message == .keyframeEnd { break }
                        }
                    }
                    if state.at > time { break }
                }
            })
    }
}
seeks.sort()
@MainActor func share(_ share: Double) -> Double {
    seeks.isEmpty ? 0 : seeks[min(seeks.count - 1, Int(share * Double(seeks.count)))] * 1e3
}
row("going to a time, p50 of 500", String(format: "%.1f ms", share(0.5)), "", nil)
row(
    "going to a time, p99 of 500", String(format: "%.1f ms", share(0.99)), "50 ms", share(0.99) / 50
)
