import Fleet
import Foundation
import Resilience
import ResilienceTelemetry
import ResilienceWire
import Sockets
import TestSupport
import Testing

/// An agent of the real library continues to work while its hub is absent, stopped or restarted.
@Suite(.serialized, .timeLimit(.minutes(2))) struct AgentFaultTests {
    static let calls = 200_000

    func telemetry(_ scratch: Scratch) -> Telemetry {
        var options = Telemetry.Options(environment: [:])
        options.places = SocketSearchPath(socket: scratch.sockets.socket(.agent))
        options.interval = .milliseconds(20)
        return Telemetry(agent: "planner", options: options)
    }

    func pay(_ fleet: Fleet) -> StrategyRecord? {
        fleet.agents.values.lazy.compactMap { $0.strategies["pay"] }.first
    }

    /// The duration of a call in nanoseconds.
    func call(_ breaker: Monitored<Pipeline<CircuitBreaker>>) throws -> Int {
        let start = ContinuousClock.now
        for _ in 0..<Self.calls { _ = try breaker.callBlocking { 1 } }
        return Int((ContinuousClock.now - start) / .nanoseconds(1)) / Self.calls
    }

    @Test func callsContinueAndAreCountedWithAnAbsentPresentOrStoppedHub() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let telemetry = telemetry(scratch)
        let breaker = telemetry.monitor("pay") { CircuitBreaker() }
        let absent = try call(breaker)

        let hub = try scratch.hub()
        let viewer = try await scratch.viewer()
        try await viewer.wait { pay($0)?.total.ok == Self.calls }
        let present = try call(breaker)
        try await viewer.wait { pay($0)?.total.ok == 2 * Self.calls }

        hub.signal(SIGSTOP)
        let before = Process.residentKiB(getpid())
        // Events beyond the queue's size are dropped and counted; calls are merged and not lost.
        for _ in 0..<2_000 {
            breaker.base.content.forceOpen()
            breaker.base.content.reset()
        }
        let stopped = try call(breaker)
        let grown = Process.residentKiB(getpid()) - before
        hub.signal(SIGCONT)
        try await viewer.wait { pay($0)?.total.ok == 3 * Self.calls }
        try await viewer.wait { pay($0)?.breaker?.state == .closed }
        print(
            "a call: \(absent) ns with the hub absent, \(present) present, \(stopped) stopped; "
                + "grew by \(grown) KiB meanwhile")
        #expect(grown < 20_000)
        await telemetry.shutdown()
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }

    @Test func replicasAndRestartsWithOneNameAreSeparateInstances() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub()
        let viewer = try await scratch.viewer()
        let replicas = (0..<3).map { _ in telemetry(scratch) }
        for replica in replicas { _ = replica.monitor("pay") { CircuitBreaker() } }
        try await viewer.wait { fleet in
            fleet.agents.values.filter { $0.state == .up && !$0.strategies.isEmpty }.count == 3
        }
        await replicas[0].shutdown()
        let restarted = telemetry(scratch)
        _ = restarted.monitor("pay") { CircuitBreaker() }
        try await viewer.wait { fleet in
            fleet.agents.values.filter { $0.state == .up && !$0.strategies.isEmpty }.count == 3
                && fleet.agents.values.filter { $0.state == .gone }.count == 1
        }
        #expect(Set(viewer.fleet.agents.keys.map(\.agent)) == ["planner"])
        for telemetry in replicas.dropFirst() + [restarted] { await telemetry.shutdown() }
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }
}
