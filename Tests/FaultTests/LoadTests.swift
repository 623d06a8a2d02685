import Foundation
import Glibc
import ResilienceWire
import Sockets
import Synchronization
import TestSupport
import Testing

/// 1,000 agents with 20 strategies each at 2 Hz, and the latency from a change to a viewer under
/// this load. Runs only in `make soak`, where `FUSEBOX_SOAK` is set: it takes a minute with a
/// release build.
@Suite(
    .serialized, .timeLimit(.minutes(5)),
    .enabled(if: ProcessInfo.processInfo.environment["FUSEBOX_SOAK"] != nil))
struct LoadTests {
    static let agents = 1_000
    static let strategies = 20
    static let rounds = 2 * seconds
    static let seconds =
        ProcessInfo.processInfo.environment["FUSEBOX_SOAK"].flatMap { Int($0) } ?? 60

    @Test func hubServesAThousandAgents() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub(under: ["prlimit", "--nofile=4096"])
        let wires = try (1...Self.agents).map { try Load.connect(scratch, "a\($0 % 50)", $0) }
        let viewer = try ChangeReader(scratch)
        let probe = try Load.connect(scratch, "probe", 5_000)
        let start = Process.processorSeconds(hub.pid)
        let began = ContinuousClock.now
        let sender = Task.detached { try Load.send(rounds: Self.rounds, to: wires) }
        let sent = try await Probe.run(probe, while: sender)
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        let share = (Process.processorSeconds(hub.pid) - start) / seconds
        let latencies = await viewer.latencies(of: sent).sorted()
        let status = try await Tool.run(
            "status", "--json", "--socket-dir", scratch.sockets.path)
        let counted = try Load.counted(status.output)
        let expected = Self.agents * Self.strategies * Self.rounds
        func percentile(_ share: Double) -> String {
            guard !latencies.isEmpty else { return "-" }
            let index = min(latencies.count - 1, Int(Double(latencies.count) * share))
            return String(format: "%.2f ms", latencies[index])
        }
        print(
            "load: \(Self.agents) x \(Self.strategies) for \(Int(seconds)) s: "
                + "\(Int(share * 100)) % CPU, \(Process.residentKiB(hub.pid) / 1_024) MiB, "
                + "\(expected - counted) of \(expected) lines lost, "
                + "to a viewer p50 \(percentile(0.5)) p99 \(percentile(0.99)) "
                + "of \(latencies.count)")
        #expect(counted == expected)
        #expect(latencies.count == sent.count)
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }

    /// The latency of the 99 other agents with a flood, divided by the latency without.
    @Test func floodOfOneAgentDoesNotIncreaseTheLatencyOfOthers() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub(under: ["prlimit", "--nofile=4096"])
        let wires = try (1...99).map { try Load.connect(scratch, "a\($0 % 10)", $0) }
        let viewer = try ChangeReader(scratch)
        let probe = try Load.connect(scratch, "probe", 5_000)
        let isFlooding = Atomic(false)
        let flood = try Load.connect(scratch, "flood", 6_000)
        var line: [UInt8] = []
        Line(.call(CallReport(strategy: "s0", end: .ok, attempts: 1, microseconds: 5)))
            .encode(into: &line)
        let chunk = Array(repeating: line, count: 1_000).flatMap(\.self)
        let thread = Thread {
            while true {
                if !isFlooding.load(ordering: .relaxed) {
                    usleep(1_000)
                } else if (try? flood.write(chunk)) == nil {
                    return
                }
            }
        }
        thread.start()
        // Alternates, so that other load on the machine affects both measurements.
        var latencies: [Bool: [Double]] = [:]
        for turn in 0..<6 {
            isFlooding.store(turn % 2 == 1, ordering: .relaxed)
            let sender = Task.detached { try Load.send(rounds: 20, to: wires) }
            let sent = try await Probe.run(probe, while: sender)
            latencies[turn % 2 == 1, default: []] += await viewer.latencies(of: sent)
        }
        func p99(_ flooded: Bool) -> Double {
            let sorted = (latencies[flooded] ?? []).sorted()
            return sorted[Int(Double(sorted.count) * 0.99)]
        }
        print(
            String(
                format: "flood: the others' p99 %.2f ms without, %.2f ms with it: ratio %.2f",
                p99(false), p99(true), p99(true) / p99(false)))
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }
}

/// Agents that send prepared bytes.
private enum Load {
    static func connect(_ scratch: Scratch, _ name: String, _ number: Int) throws -> Wire {
        let wire = try Wire(scratch.sockets, .agent)
        let hello = Hello(
            id: InstanceID(agent: name, number: number), pid: 1, client: "load/1")
        let declarations = (0..<LoadTests.strategies).map { strategy in
            AgentMessage.strategy(
                StrategyDeclaration(
                    strategy: "s\(strategy)", kind: "retry+breaker", can: [.open],
                    breaker: BreakerReading(state: .closed, version: 0)))
        }
        try wire.write(([.hello(hello)] + declarations).bytes)
        return wire
    }

    /// Sends each agent's strategies twice per second, with the agents spread over the half second.
    static func send(rounds: Int, to wires: [Wire]) throws {
        let tails = (0..<LoadTests.strategies).map { strategy in
            let fields =
                #","ms":500,"ok":12,"failed":1,"attempts":15,"retries":{"0":11,"1":1,"2":1},"#
                + #""errors":{"TimeoutError":3},"latency":[[141,10],[142,3]]}"# + "\n"
            return (
                Array(#"{"t":"delta","s":"s\#(strategy)","n":"#.utf8), Array(fields.utf8)
            )
        }
        let start = DispatchTime.now().uptimeNanoseconds
        for round in 0..<rounds {
            let number = Array(String(round + 1).utf8)
            var bytes: [UInt8] = []
            for (head, tail) in tails {
                bytes += head
                bytes += number
                bytes += tail
            }
            for (index, wire) in wires.enumerated() {
                let due =
                    UInt64(round) * 500_000_000
                    + UInt64(index) * 500_000_000 / UInt64(wires.count)
                let now = DispatchTime.now().uptimeNanoseconds - start
                // The pace of the load; no test waits for it.
                if due > now + 1_000_000 { usleep(UInt32((due - now) / 1_000)) }
                try wire.write(bytes)
            }
        }
    }

    /// The lines that the hub has counted: each has 12 successful calls.
    static func counted(_ status: String) throws -> Int {
        let report = try JSONSerialization.jsonObject(with: Data(status.utf8)) as? [String: Any]
        let agents = report?["agents"] as? [[String: Any]] ?? []
        let strategies = agents.flatMap { $0["strategies"] as? [[String: Any]] ?? [] }
        let ok = strategies.compactMap { ($0["total"] as? [String: Any])?["ok"] as? Int }
        return ok.reduce(0, +) / 12
    }
}

/// An agent whose breaker changes fifty times per second.
private enum Probe {
    /// Returns the send time of each version in nanoseconds.
    static func run(
        _ wire: Wire, while sender: Task<Void, any Error>
    ) async throws -> [Int: UInt64] {
        let isOver = Atomic(false)
        async let ended: Void = {
            defer { isOver.store(true, ordering: .relaxed) }
            try await sender.value
        }()
        let first = Int(DispatchTime.now().uptimeNanoseconds / 1_000_000_000) * 1_000
        var sent: [Int: UInt64] = [:]
        for version in first... {
            if isOver.load(ordering: .relaxed) { break }
            let change = BreakerChange(
                strategy: "s0", version: version, from: .closed, to: .open, by: .policy)
            sent[version] = DispatchTime.now().uptimeNanoseconds
            try wire.write(.breaker(change))
            try await Task.sleep(for: .milliseconds(20))
        }
        try await ended
        return sent
    }
}

/// A viewer that scans only for the probe's changes, as fast as bytes arrive, until the hub ends.
private final class ChangeReader: Sendable {
    private let wire: Wire
    private let seen = Mutex<[Int: UInt64]>([:])

    init(_ scratch: Scratch) throws {
        wire = try Wire(scratch.sockets, .view)
        try wire.write(.watch(version: 1))
        Thread { self.read() }.start()
    }

    private func read() {
        var buffer = Data()
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while case let count = Glibc.read(wire.descriptor, &chunk, chunk.count), count > 0 {
            let now = DispatchTime.now().uptimeNanoseconds
            buffer += chunk[..<count]
            while let start = buffer.range(of: Self.mark)?.lowerBound {
                buffer = buffer[start...]
                guard let end = buffer.dropFirst().firstIndex(of: 0x0A) else { break }
                take(buffer[start..<end].dropFirst(), at: now)
                buffer = buffer[end...]
            }
            // The rest may be the start of a mark or of a line.
            if !buffer.starts(with: Self.mark) { buffer = buffer.suffix(Self.mark.count - 1) }
        }
    }

    private static let mark = Data("\n{\"t\":\"breaker\"".utf8)

    private func take(_ bytes: Data, at now: UInt64) {
        guard let line = try? Line(decoding: Array(bytes)), case .breaker(let change) = line.message
        else { return }
        seen.withLock { $0[change.version] = now }
    }

    /// Returns the milliseconds from send to arrival for each change that arrived.
    func latencies(of sent: [Int: UInt64]) async -> [Double] {
        for _ in 0..<100 where seen.withLock({ !sent.keys.allSatisfy($0.keys.contains) }) {
            try? await Task.sleep(for: .milliseconds(50))
        }
        let seen = seen.withLock { $0 }
        return sent.compactMap { version, at in
            seen[version].map { Double($0 - at) / 1_000_000 }
        }
    }
}
