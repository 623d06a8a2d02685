import Fleet
import Foundation
import HubClient
import ResilienceWire
import Sockets
import TestSupport
import Testing

/// Standing orders use few resources of a hub, for every kind of agent.
@Suite(.serialized, .timeLimit(.minutes(5))) struct DisobedienceTests {
    /// The agent repeatedly declares its breaker closed, and gets the order again each time.
    @Test func disobedientAgentIsNamedAndDoesNotFillTheAuditLog() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let attacked = try AttackedHub(scratch)
        let agent = try attacked.agent("planner", 1)
        try agent.write(LongLines.breaker)
        let viewer = try await attacked.viewer()
        try await viewer.wait { $0.agents.values.first?.strategies["pay"] != nil }
        let command = OperatorCommand(id: "c1", address: "planner:pay", order: .open(forMS: nil))
        viewer.connection.close()
        let operators = try Wire(scratch.sockets, .operator)
        try operators.write(.command(command))
        let sender = Thread {
            // As fast as the hub reads, until it disconnects the agent or the test ends.
            let chunk = Array(repeating: LongLines.breaker, count: 100).bytes
            while (try? agent.write(chunk)) != nil {}
        }
        sender.start()
        let answering = Thread {
            while let message = try? agent.next() as HubToAgentMessage {
                guard case .command(let sent) = message else { continue }
                try? agent.write(.ack(Ack(id: sent.id, .ok(version: 1))))
            }
        }
        answering.start()
        let watcher = try await attacked.viewer()
        try await watcher.wait { fleet in
            fleet.alerts.contains {
                $0.alert.rule == "disobeyed" && $0.alert.about == "planner@00000000:pay"
            }
        }
        watcher.connection.close()
        try await attacked.expectToBeWell()
        let audit = try String(
            contentsOfFile: scratch.file("state/fusebox/audit.ndjson"), encoding: .utf8)
        let lines = audit.split(separator: "\n").count
        print("an agent that does not obey: \(lines) lines in the audit log")
        #expect(lines >= 4 && lines <= 20)
        shutdown(agent.descriptor, Int32(SHUT_RDWR))
        try await attacked.expectToRecover(from: "an agent that does not obey")
    }

    /// Each instance is new, so each is sent the order at once.
    @Test func agentThatStartsOverAndOverIsNamedAndDoesNotFillTheAuditLog() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let attacked = try AttackedHub(scratch)
        let operators = try Wire(scratch.sockets, .operator)
        let command = OperatorCommand(
            id: "c1", address: "planner:pay", order: .open(forMS: nil), holdsLater: true)
        try operators.write(.command(command))
        while true {
            if case .commandDone = try (operators.next() as Line).message { break }
        }
        await Attackers.run { number in
            for start in 0..<3_000 {
                let agent = try attacked.agent("planner", number * 3_000 + start)
                try agent.write(LongLines.breaker)
                let sent = try agent.nextCommand()
                try agent.write(.ack(Ack(id: sent.id, .ok(version: 1))), .bye)
            }
        }
        let viewer = try await attacked.viewer()
        try await viewer.wait { fleet in
            fleet.alerts.contains {
                $0.alert.rule == "starts" && $0.alert.detail.hasPrefix("agent 'planner'")
            }
        }
        viewer.connection.close()
        let audit = try String(
            contentsOfFile: scratch.file("state/fusebox/audit.ndjson"), encoding: .utf8)
        let lines = audit.split(separator: "\n")
        print("an agent that starts 12,000 times: \(lines.count) lines in the audit log")
        #expect(lines.count { $0.contains(#""t":"intent""#) } <= 10_200)
        #expect(lines.count { $0.contains(#""t":"outcome""#) } <= 10_200)
        #expect(lines.count { $0.contains(#""t":"omission""#) } == 1)
        try await attacked.expectToBeWell()
        try await attacked.expectToRecover(from: "an agent that starts over and over")
    }

    /// Every five seconds, the hub checks each strategy for missing standing orders.
    @Test func idleHubUsesLittleTimeForStandingOrders() async throws {
        let (bare, ordered) = (try Scratch(), try Scratch())
        defer {
            bare.remove()
            ordered.remove()
        }
        let without = try await HubAtRest(bare, orders: 0)
        let with = try await HubAtRest(ordered, orders: 400 * AttackedHub.soak)
        let start = (without.processorSeconds, with.processorSeconds)
        let watcher = try Wire(ordered.sockets, .view)
        try watcher.write(.watch(version: 1, detail: .off, historyMS: 0))
        // The hub sends a beat every second, so eleven beats include at least two checks.
        var beats = 0
        while beats < 11 {
            if (try watcher.next() as Line).message == .beat { beats += 1 }
        }
        let seconds = (without.processorSeconds - start.0, with.processorSeconds - start.1)
        print("at rest for 11 s: \(seconds.0) s without orders, \(seconds.1) s with them")
        #expect(seconds.1 <= 4 * max(seconds.0, 0.2))
        try await with.attacked.expectToBeWell()
        for hub in [without, with] {
            hub.attacked.hub.signal(SIGTERM)
            #expect(await hub.attacked.hub.end() == 0)
        }
    }
}

/// A hub with 5,000 unused strategies, and standing orders for limits of other strategies.
private struct HubAtRest {
    let attacked: AttackedHub
    private let agents: [Wire]

    var processorSeconds: Double { Process.processorSeconds(attacked.hub.pid) }

    init(_ scratch: Scratch, orders: Int) async throws {
        attacked = try AttackedHub(scratch)
        let obeying = try attacked.agent("orders", 0)
        for strategy in 0...orders / 100 {
            try obeying.write(.strategy(LongLines.withLimits("t\(strategy)", count: 100, why: 0)))
        }
        var agents = [obeying]
        for number in 1...10 {
            let agent = try attacked.agent("rest\(number)", number)
            let strategies = (0..<500).map { strategy in
                AgentMessage.strategy(
                    StrategyDeclaration(strategy: "s\(strategy)", kind: "retry", can: [.open]))
            }
            try agent.write(strategies.bytes)
            agents.append(agent)
        }
        self.agents = agents
        let viewer = try await attacked.viewer()
        try await viewer.wait { fleet in
            fleet.agents.values.reduce(0) { $0 + $1.strategies.count } > 5_000 + orders / 100
        }
        let operators = try Wire(scratch.sockets, .operator)
        for number in 0..<orders {
            let (strategy, limit) = ("t\(number / 100)", "l\(number % 100)")
            try operators.write(
                .command(
                    OperatorCommand(
                        id: "k\(number)", address: Address(lenient: "orders:\(strategy)"),
                        order: .setLimit(name: limit, value: 2))))
            let sent = try obeying.nextCommand()
            try obeying.write(
                .limit(
                    LimitChange(
                        strategy: strategy, name: limit, was: 1, value: 2, by: .operator,
                        pinned: true)),
                .ack(Ack(id: sent.id, .ok(version: nil))))
            // A hub disconnects operators that do not read.
            while true {
                if case .commandDone = try (operators.next() as Line).message { break }
            }
        }
        try await viewer.wait { $0.standing.count == orders }
        viewer.connection.close()
    }
}
