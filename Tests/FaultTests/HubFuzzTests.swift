import Fleet
import Foundation
import ResilienceWire
import Sockets
import TestSupport
import Testing

/// A complete hub that receives random bytes. In `make soak` it runs under AddressSanitizer, and
/// longer.
@Suite(.serialized, .timeLimit(.minutes(3))) struct HubFuzzTests {
    static let environment = ProcessInfo.processInfo.environment
    static let duration = Duration.seconds(
        environment["FUSEBOX_SOAK"].flatMap { Int($0) } ?? 2)

    @Test func hubSurvivesRandomBytesOnEverySocket() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub(
            under: ["ASAN_OPTIONS=detect_leaks=0"],
            tool: Self.environment["FUSEBOX_SANITIZED"] ?? Tool.path)
        let viewer = try await scratch.viewer()

        let inputs = try FuzzCorpus.inputs()
        var random = SplitMix64(seed: .random(in: 0...UInt64.max))
        var sent = 0
        let start = ContinuousClock.now
        while ContinuousClock.now - start < Self.duration {
            for role in SocketRole.allCases {
                sent += try mistreat(scratch.sockets, role, inputs, &random)
            }
        }
        print("\(sent) inputs in \(ContinuousClock.now - start)")
        #expect(sent > 100)

        // The hub still serves a well-behaved peer, and exits normally.
        let id = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "a"))
        let agent = try Wire(scratch.sockets, .agent)
        try agent.write(
            .hello(Hello(id: id, pid: 42, client: "raw/1")),
            .strategy(StrategyDeclaration(strategy: "pay", kind: "retry")))
        try await viewer.wait { $0.agents[id]?.strategies["pay"] != nil }
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
        #expect(try hub.errors.readToEnd().contains("Sanitizer") == false)
    }

    /// Opens one connection with a valid or random start, and sends random inputs. Returns the
    /// number of inputs until the hub disconnected.
    private func mistreat(
        _ directory: SocketDirectory, _ role: SocketRole, _ inputs: [[UInt8]],
        _ random: inout SplitMix64
    ) throws -> Int {
        let wire = try Wire(directory, role)
        var sent = 0
        do {
            if Bool.random(using: &random) {
                let name = "fuzz\(Int.random(in: 0..<20, using: &random))"
                let id = InstanceID(agent: name, instance: InstanceDigits(repeating: "b"))
                try wire.write(.hello(Hello(id: id, pid: 42, client: "raw/1")))
            }
            for _ in 0..<Int.random(in: 1...60, using: &random) {
                var bytes = inputs.randomElement(using: &random) ?? []
                if Bool.random(using: &random), !bytes.isEmpty {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
                        in: .min ... .max, using: &random)
                }
                try wire.write(bytes + [UInt8(ascii: "\n")])
                sent += 1
            }
        } catch is Wire.Failed {
            // The hub disconnected the peer, which is allowed.
        }
        return sent
    }
}
