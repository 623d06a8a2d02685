import Fleet
import Foundation
import Glibc
import HubClient
import Resilience
import ResilienceTelemetry
import ResilienceWire
import Sockets
import TestSupport
import Testing

/// A stopped hub or a stalled connection: every command reports it, and nothing is lost or counted
/// twice.
@Suite(.serialized, .timeLimit(.minutes(2))) struct SilenceFaultTests {
    private let id = InstanceID(agent: "planner", number: 1)

    private func total(_ fleet: Fleet) -> StrategyRecord? {
        fleet.agents[id]?.strategies["pay"]
    }

    @Test(arguments: [SocketRole.view, .operator])
    func hubSendsABeatToEveryViewerAndOperator(role: SocketRole) throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub()
        defer { hub.signal(SIGTERM) }
        let wire = try Wire(scratch.sockets, role)
        try wire.write(.watch(version: 1))
        #expect((try wire.next() as Line).message == .keyframe(lines: 0, beatMS: 1_000))
        #expect((try wire.next() as Line).message == .keyframeEnd)
        for _ in 0..<3 {
            let line: Line = try wire.next()
            #expect(line.message == .beat)
            #expect(line.at != nil)
        }
    }

    @Test func hubAnswersAPingOfAnAgent() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub()
        defer { hub.signal(SIGTERM) }
        let wire = try Wire(scratch.sockets, .agent)
        try wire.write([AgentMessage].hello("planner", 1).bytes)
        guard case .welcome(1, 1_000, .some) = try wire.next() as HubToAgentMessage else {
            Issue.record("no welcome")
            return
        }
        try wire.write(.ping)
        #expect(try wire.next() == HubToAgentMessage.pong)
    }

    /// An agent that gives up a stopped hub has already written to that connection.
    @Test func dataSentOnAnAbandonedConnectionIsCountedOnce() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub()
        defer { hub.signal(SIGTERM) }
        let viewer = try await scratch.viewer()
        var counters = Counters()
        counters.ok = 1
        func delta(_ number: Int) -> AgentMessage {
            .delta(Delta(strategy: "pay", sequence: number, spanMS: 20, counters: counters))
        }
        var first: Wire? = try Wire(scratch.sockets, .agent)
        try first?.write([AgentMessage].hello("planner", 1).bytes)
        _ = try first?.next() as HubToAgentMessage?
        hub.signal(SIGSTOP)
        try first?.write((1...500).map(delta).bytes)
        first = nil
        for _ in 0..<20 {
            // Connections that the agent gives up before the hub continues.
            try Wire(scratch.sockets, .agent).write([AgentMessage].hello("planner", 1).bytes)
        }
        let last = try Wire(scratch.sockets, .agent)
        try last.write(([AgentMessage].hello("planner", 1) + [delta(501)]).bytes)
        hub.signal(SIGCONT)
        try await viewer.wait { total($0)?.total.ok == 501 }
        #expect(total(viewer.fleet)?.gaps == 0)
        #expect(viewer.fleet.agents[id]?.state == .up)
        let arrivals = viewer.fleet.journal.count {
            if case .agentUp = $0.message { true } else { false }
        }
        #expect(arrivals == 2)
    }

    /// The hub of this test welcomes an agent, and then sends nothing on its first connection.
    @Test func agentReconnectsToASilentHubAndSendsTheRemainingData() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let listener = try Listener(at: scratch.file("agent.sock"))
        var options = Telemetry.Options(environment: [:])
        options.places = SocketSearchPath(socket: scratch.file("agent.sock"))
        options.interval = .milliseconds(20)
        let telemetry = Telemetry(agent: "planner", options: options)
        let breaker = telemetry.monitor("pay") { CircuitBreaker() }
        var calls = 0
        func call() throws {
            _ = try breaker.callBlocking { 1 }
            calls += 1
        }
        let first = try listener.accept()
        try first.welcome()
        while !listener.isReadable(within: 20) { try call() }
        let second = try listener.accept()
        try call()
        try second.welcome()
        var sent = try first.deltas { _ in false }
        #expect(!sent.isEmpty)
        sent += try second.deltas { $0.reduce(sent.ok) { $0 + $1.counters.ok } == calls }
        #expect(sent.ok == calls)
        #expect(sent.map(\.sequence) == Array(1...sent.count))
        await telemetry.shutdown()
    }
}

/// A socket that agents connect to, for a hub that breaks the protocol.
private final class Listener {
    private let descriptor: Int32

    init(at path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let result = withSocketAddress(path) { bind(descriptor, $0, $1) }
        guard result == 0, listen(descriptor, 8) == 0 else { throw Wire.Failed(errno: errno) }
    }

    deinit { close(descriptor) }

    func accept() throws -> Wire {
        let accepted = Glibc.accept(descriptor, nil, nil)
        guard accepted >= 0 else { throw Wire.Failed(errno: errno) }
        return Wire(descriptor: accepted)
    }

    func isReadable(within milliseconds: Int32) -> Bool {
        Wire.isReadable(descriptor, within: milliseconds)
    }
}

extension Wire {
    fileprivate func welcome() throws {
        guard case .hello = try next() as AgentMessage else { throw Failed(errno: EPROTO) }
        try write([HubToAgentMessage.welcome(version: 1, beatMS: 1_000)].bytes)
    }

    /// Returns the deltas that arrive until `isEnough`, or until the other side closes. Does not
    /// answer pings.
    fileprivate func deltas(until isEnough: ([Delta]) -> Bool) throws -> [Delta] {
        var deltas: [Delta] = []
        while !isEnough(deltas), let message: AgentMessage = try? next() {
            if case .delta(let delta) = message { deltas.append(delta) }
        }
        return deltas
    }
}

extension [Delta] {
    fileprivate var ok: Int { reduce(0) { $0 + $1.counters.ok } }
}
