import Fleet
import Foundation
import HostSupport
import Recording
import ResilienceWire
import TestSupport
import Testing

@testable import DashboardApp

/// What a dashboard keeps of what passed.
@Suite struct RewindBufferTests {
    private static let agent = InstanceID(
        agent: "planner", instance: InstanceDigits(repeating: "a"))

    /// A fleet that is told of a second after another, and the rewind that takes it.
    static func fill(_ rewind: RewindBuffer, seconds: Range<Int64>) {
        var fleet = Fleet()
        for second in seconds {
            var counters = Counters()
            counters.ok = 1
            let lines = [
                Line(
                    at: second * 1_000, source: agent,
                    .agentUp(
                        AgentUp(pid: 1, client: "t/1", intervalMS: 500, state: .up, lost: 0))),
                Line(
                    at: second * 1_000, source: agent,
                    .strategy(
                        StrategyDeclaration(strategy: "pay", kind: "breaker", can: []))),
                Line(
                    at: second * 1_000, source: agent,
                    .delta(
                        Delta(
                            strategy: "pay", sequence: Int(second), spanMS: 1_000,
                            counters: counters))),
            ]
            let told = second == seconds.lowerBound ? lines : Array(lines.suffix(1))
            var bytes: [UInt8] = []
            for line in told {
                fleet.apply(line)
                line.encode(into: &bytes)
            }
            rewind.take(LineBatch(bytes: bytes)) { fleet }
            // As slow as what is real.
            if second % 5 == 0 { _ = try? rewind.recordings() }
        }
    }

    private static func paid(_ fleet: Fleet) -> Int? {
        fleet.agents[agent]?.strategies["pay"]?.total.ok
    }

    @Test func rewindReturnsEarlierStates() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try FileManager.default.createDirectory(
            atPath: scratch.file("state"), withIntermediateDirectories: true)
        let rewind = RewindBuffer(in: scratch.file("state"))
        Self.fill(rewind, seconds: 1..<101)
        let past = try ChainedRecording(rewind.recordings())
        for second: Int64 in [100, 1, 37] {
            #expect(Self.paid(past.state(at: second * 1_000) { _ in }) == Int(second))
        }
        rewind.finish()
        #expect(throws: Failure.self) { try rewind.recordings() }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.file("state")).isEmpty)
    }

    @Test func rewindBufferStaysWithinItsLimitAndKeepsTheLatest() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try FileManager.default.createDirectory(
            atPath: scratch.file("state"), withIntermediateDirectories: true)
        let rewind = RewindBuffer(in: scratch.file("state"), limit: 20_000)
        defer { rewind.finish() }
        Self.fill(rewind, seconds: 1..<5_001)
        let paths = try rewind.recordings()
        #expect(paths.count == 2)
        let sizes = try paths.map {
            try FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int ?? 0
        }
        #expect(sizes.reduce(0, +) < 30_000)
        let past = try ChainedRecording(paths)
        #expect(past.times.upperBound == 5_000_000)
        #expect(past.times.lowerBound > 1_000)
        // From one file it goes on in the next.
        let middle = try #require(RecordingIndex(path: paths[0])?.times?.upperBound)
        var stream = StreamedFleet(past.state(at: middle - 5_000) { _ in })
        while let line = past.next() { stream.take(line) }
        #expect(Self.paid(stream.fleet) == 5_000)
    }

    @Test func filesOfEndedProcessesAreRemoved() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try FileManager.default.createDirectory(
            atPath: scratch.file("state"), withIntermediateDirectories: true)
        // No process has so high a number.
        let old = scratch.file("state/past-99999999-1.ndjson.zst")
        try Data().write(to: URL(fileURLWithPath: old))
        let own = scratch.file("state/past-\(getpid())-7.ndjson.zst")
        try Data().write(to: URL(fileURLWithPath: own))
        _ = RewindBuffer(in: scratch.file("state"))
        #expect(!FileManager.default.fileExists(atPath: old))
        #expect(FileManager.default.fileExists(atPath: own))
    }

    @Test func whereNothingCanBeWrittenThatIsSaid() {
        let rewind = RewindBuffer(in: "/proc/none")
        Self.fill(rewind, seconds: 1..<3)
        let failure = #expect(throws: Failure.self) { try rewind.recordings() }
        #expect(failure?.message.contains("/proc/none") == true)
    }

    @Test func bufferBeginsAnewWhenItsFilesAreDeleted() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let state = scratch.file("state")
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
        let buffer = RewindBuffer(in: state)
        Self.fill(buffer, seconds: 1..<20)
        let before = try buffer.recordings()
        for path in before { unlink(path) }
        Self.fill(buffer, seconds: 20..<40)
        let after = try buffer.recordings()
        #expect(Set(after).isDisjoint(with: before))
        let past = try ChainedRecording(after)
        #expect(past.times.lowerBound >= 20_000)
        #expect(past.times.upperBound == 39_000)
    }
}
