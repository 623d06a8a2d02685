import Fleet
import Foundation
import HubClient
import ResilienceWire
import Sockets
import TestSupport
import Testing

/// Peers that use as many resources of a hub as they can. The hub survives, stays within its memory
/// budget, serves other peers and names the attacker. In `make soak`, each attack runs longer.
@Suite(.serialized, .timeLimit(.minutes(5))) struct AttackTests {
    /// Each delta fills 60 slots of a strategy's history with 60 long error types and messages.
    @Test func hubNamesAgentsWhoseDeltasSpanFiveMinutes() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let attacked = try AttackedHub(scratch)
        await Attackers.run { number in
            let agent = try attacked.agent("spans\(number)", number)
            for strategy in 0..<(100 * AttackedHub.soak) {
                try agent.write(LongLines.delta(strategy, of: number).bytes)
            }
            try agent.write(.ping)
            // The hub has read everything, or has disconnected the agent.
            _ = try agent.next() as HubToAgentMessage
        }
        let viewer = try await attacked.viewer()
        try await viewer.wait { AttackedHub.isNamed("spans", in: $0) }
        viewer.connection.close()
        try await attacked.expectToBeWell()
        try await attacked.expectToRecover(from: "deltas over a long span")
    }

    /// The counters of agents are kept for ten minutes after the agents have left.
    @Test func hubNamesAgentsThatSendMuchAndReconnect() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let attacked = try AttackedHub(scratch)
        await Attackers.run { number in
            for visit in 0..<(10 * AttackedHub.soak) {
                let agent = try attacked.agent("visits\(number)-\(visit)", visit)
                let lines = (0..<20).flatMap { strategy in
                    LongLines.delta(strategy, of: number)
                        + LongLines.declaration(strategy, of: number, visit)
                }
                try agent.write(lines.bytes)
                try agent.write(.bye)
                // The hub closes the connection after it has read everything.
                _ = try? agent.next() as HubToAgentMessage
            }
        }
        let viewer = try await attacked.viewer()
        try await viewer.wait { AttackedHub.isNamed("visits", in: $0) }
        viewer.connection.close()
        try await attacked.expectToBeWell()
        try await attacked.expectToRecover(from: "agents that leave and come again")
    }

    /// The hub sends the outcome of a finished command again, for 300 instances each time.
    @Test func hubDisconnectsAnOperatorThatRepeatsACommandAndDoesNotRead() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let attacked = try AttackedHub(scratch)
        var agents: [Wire] = []
        for number in 0..<300 {
            let agent = try attacked.agent("planner", number)
            try agent.write(LongLines.breaker)
            agents.append(agent)
        }
        let viewer = try await attacked.viewer()
        try await viewer.wait { fleet in
            fleet.agents.count == 300 && fleet.agents.values.allSatisfy { !$0.strategies.isEmpty }
        }
        var `operator`: Wire? = try Wire(scratch.sockets, .operator)
        let command = OperatorCommand(id: "c1", address: "*:pay", order: .reset)
        try `operator`?.write(.command(command))
        for agent in agents {
            guard case .command(let sent) = try agent.next() as HubToAgentMessage else { continue }
            try agent.write(.ack(Ack(id: sent.id, .ok(version: 1))))
        }
        _ = try await viewer.next { message in
            if case .commandDone(let done) = message { done } else { nil }
        }
        viewer.connection.close()
        // The hub disconnects long before all lines are sent; writing then fails.
        let lines = Array(repeating: OperatorMessage.command(command), count: 100).bytes
        #expect(throws: Wire.Failed.self) {
            for _ in 0..<(200 * AttackedHub.soak) { try `operator`?.write(lines) }
        }
        try await attacked.expectToBeWell()
        // The socket may have no room for the reason, so the hub reports it to other viewers.
        try await attacked.expectToNameUs()
        `operator` = nil
        agents = []
        try await attacked.expectToRecover(from: "an operator that does not read")
    }

    /// A keyframe that is being sent to a viewer keeps a copy of the fleet.
    @Test func hubUsesBoundedMemoryForViewersThatDoNotRead() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let attacked = try AttackedHub(scratch)
        var agent: Wire? = try attacked.agent("busy", 1)
        let strategies = 400
        for strategy in 0..<strategies {
            try agent?.write(.strategy(LongLines.withLimits("s\(strategy)", count: 5, why: 200)))
        }
        var viewers: [Wire] = []
        for number in 0..<300 {
            let viewer = try Wire(scratch.sockets, .view)
            try viewer.write(.watch(version: 1))
            viewers.append(viewer)
            try agent?.write(LongLines.count(number % strategies, 1))
        }
        for round in 2...(10 * AttackedHub.soak) {
            let deltas = (0..<200).map { LongLines.count($0, round) }
            try agent?.write(deltas.bytes)
        }
        try await attacked.expectToNameUs()
        try await attacked.expectToBeWell()
        viewers = []
        agent = nil
        try await attacked.expectToRecover(from: "viewers that do not read")
    }

    /// Each connection keeps the beginning of its line.
    @Test func hubDisconnectsPeersWhoseLinesDoNotEnd() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let attacked = try AttackedHub(scratch)
        let beginning = Array(#"{"t":"delta","s":""#.utf8) + [UInt8](repeating: 120, count: 60_000)
        var agents: [Wire] = []
        for number in 0..<500 {
            let agent = try attacked.agent("endless", number)
            try agent.write(beginning)
            agents.append(agent)
        }
        let words = try attacked.hub.errors.readLine()
        #expect(words.contains("disconnected peers whose lines do not end: "))
        #expect(words.hasSuffix("the last by agent 'endless'"))
        let viewer = try await attacked.viewer()
        try await viewer.wait { AttackedHub.isNamed("hub", in: $0) }
        viewer.connection.close()
        try await attacked.expectToBeWell()
        agents = []
        try await attacked.expectToRecover(from: "lines that do not end")
    }

    /// Each answer is short, but takes much more memory than its bytes while it waits.
    @Test func hubAnswersNoPingsOfAgentsThatDoNotRead() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let attacked = try AttackedHub(scratch)
        let pings = Array(repeating: AgentMessage.ping, count: 1_000).bytes
        var agents: [Wire] = []
        for number in 0..<100 { agents.append(try attacked.agent("ping", number)) }
        for _ in 0..<(20 * AttackedHub.soak) {
            for agent in agents { try agent.write(pings) }
        }
        try await attacked.expectToBeWell()
        agents = []
        try await attacked.expectToRecover(from: "agents that ping and do not read")
    }

    /// All these names are equal after they are made safe and cut, so the hub has to make them
    /// unique.
    @Test func helloTakesConstantTimeForNamesWithTheSamePrefix() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let attacked = try AttackedHub(scratch)
        let beginning = String(repeating: "\u{1}", count: 100)
        var seconds: [Double] = []
        for part in 0..<(4 * AttackedHub.soak) {
            let start = Process.processorSeconds(attacked.hub.pid)
            for number in part * 1_000..<(part + 1) * 1_000 {
                let digits = String(number)
                let zeros = String(repeating: "0", count: 28 - digits.count)
                let agent = try attacked.agent(beginning + zeros + digits, number)
                try agent.write(.bye)
            }
            seconds.append(Process.processorSeconds(attacked.hub.pid) - start)
        }
        print("names: \(seconds) s of processor time for each 1,000 hellos")
        let (first, last) = (seconds[0], seconds[seconds.count - 1])
        // The first agents meet fewer instances that are gone. Quadratic time would grow without
        // bound.
        #expect(last <= 4 * max(first, 0.05))
        try await attacked.expectToBeWell()
        try await attacked.expectToRecover(from: "names that begin the same")
    }
}

/// Four concurrent attackers.
enum Attackers {
    /// Returns when each attacker has finished or was disconnected.
    static func run(_ attack: @escaping @Sendable (_ number: Int) throws -> Void) async {
        await withTaskGroup(of: Void.self) { attackers in
            for number in 0..<4 {
                attackers.addTask {
                    await withCheckedContinuation { continuation in
                        // Writing blocks, so each attacker has its own thread.
                        Thread {
                            try? attack(number)
                            continuation.resume()
                        }.start()
                    }
                }
            }
        }
    }
}

/// Lines of the maximum length.
enum LongLines {
    private static func padded(_ text: String, to count: Int) -> String {
        text + String(repeating: "x", count: count - text.count)
    }

    static func delta(_ strategy: Int, of agent: Int) -> [AgentMessage] {
        var counters = Counters()
        counters.ok = 600
        counters.failed = 36_000
        counters.attempts = 36_600
        let types = (0..<60).map { padded("E\($0 + 100)-\(strategy)-\(agent)-", to: 126) }
        counters.errors = types.map { ErrorCount(type: $0, count: 600) }
        counters.messages = types.map {
            ErrorMessage(type: $0, text: String(repeating: "m", count: 250))
        }
        let name = "s\(strategy)"
        return [
            .strategy(StrategyDeclaration(strategy: name, kind: "retry")),
            .delta(Delta(strategy: name, sequence: 1, spanMS: 300_000, counters: counters)),
        ]
    }

    static func declaration(_ strategy: Int, of agent: Int, _ visit: Int) -> [AgentMessage] {
        let limits = (0..<50).map { number in
            LimitReading(
                name: padded("l\(agent)-\(visit)-\(number)-", to: 100), value: 1,
                why: String(repeating: "w", count: 1_000))
        }
        return [
            .strategy(StrategyDeclaration(strategy: "s\(strategy)", kind: "retry", limits: limits))
        ]
    }

    static func withLimits(_ name: String, count: Int, why bytes: Int) -> StrategyDeclaration {
        let limits = (0..<count).map { number in
            LimitReading(
                name: "l\(number)", value: 1, min: 0, max: 9,
                why: String(repeating: "w", count: bytes))
        }
        return StrategyDeclaration(
            strategy: name, kind: "retry", can: [.setLimit], limits: limits)
    }

    static func count(_ strategy: Int, _ number: Int) -> AgentMessage {
        var counters = Counters()
        counters.ok = 1
        counters.attempts = 1
        return .delta(
            Delta(
                strategy: "s\(strategy)", sequence: number, spanMS: 500, counters: counters))
    }

    static let breaker = AgentMessage.strategy(
        StrategyDeclaration(
            strategy: "pay", kind: "breaker", can: [.open, .reset],
            breaker: BreakerReading(state: .closed, version: 0)))
}
