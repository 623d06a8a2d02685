import Fleet
import Foundation
import HubClient
import Recording
import ResilienceWire
import Sockets
import TestSupport
import Testing

/// The faults in `Faults.md` that concern the hub's process.
@Suite(.serialized, .timeLimit(.minutes(2))) struct HubFaultTests {
    static let rounds =
        ProcessInfo.processInfo.environment["FUSEBOX_SOAK"] == nil ? 5 : 200

    @Test func killedHubLosesNoAcknowledgedCommand() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        var acked: Set<String> = []
        for round in 1...Self.rounds {
            let hub = try scratch.hub("--record-dir", scratch.file("recordings"))
            let recording = scratch.file("r\(round).ndjson.zst")
            let record = try Tool.start("record", recording, "--socket-dir", scratch.sockets.path)
            _ = try record.errors.readLine()
            let agent = try await scratch.obeyingAgent(InstanceID(agent: "planner", number: round))
            let viewer = Viewer(try await HubConnection.open(scratch.sockets, as: .operator))
            // From the second round on, the standing order opens the breaker.
            try await viewer.wait { fleet in
                let pay = fleet.agents.values.first?.strategies["pay"]
                return round == 1 ? pay != nil : pay?.breaker?.state == .forcedOpen
            }
            for number in 1...20 {
                let command = OperatorCommand(
                    id: "c\(round)-\(number)", address: "planner:pay",
                    order: .open(forMS: nil))
                viewer.connection.send(.command(command))
            }
            // The hub is killed while commands are in progress.
            var told = 0
            _ = try await viewer.next { message -> Bool? in
                // A command that timed out on a busy machine has an outcome too.
                if case .commandStatus(let status) = message, status.status != .sent {
                    if status.status == .acked, status.id.hasPrefix("c\(round)-") {
                        acked.insert(status.id)
                    }
                    told += 1
                }
                return told >= 5 ? true : nil
            }
            hub.signal(SIGKILL)
            _ = await hub.end()
            agent.close()
            // The hub does not wait for a slow disk, and marks the command.
            for case .command(let command) in viewer.fleet.journal.map(\.message)
            where !command.isAudited { acked.remove(command.id) }
            _ = await record.end()
            let (fleet, lines) = try Self.read(recording)
            #expect(lines > 0)
            #expect(fleet.agents.values.contains { $0.strategies["pay"] != nil })
        }
        // The hub's own recording ends where the hub was killed, and is complete up to there.
        let own = try FileManager.default.contentsOfDirectory(atPath: scratch.file("recordings"))
        for name in own { _ = try Self.read(scratch.file("recordings/\(name)")) }
        #expect(!own.isEmpty)
        let audit = try String(
            contentsOfFile: scratch.file("state/fusebox/audit.ndjson"), encoding: .utf8)
        var intents: Set<String> = []
        var outcomes: Set<String> = []
        var cut = 0
        for line in audit.split(separator: "\n") {
            guard
                let entry = try? JSONSerialization.jsonObject(with: Data(line.utf8))
                    as? [String: Any]
            else {
                // The entry that the hub was writing when it was killed; its outcome was not reported.
                cut += 1
                #expect(line.hasPrefix("{"))
                continue
            }
            guard let id = entry["id"] as? String else { continue }
            if entry["t"] as? String == "intent" { intents.insert(id) }
            if entry["status"] as? String == "acked" { outcomes.insert(id) }
        }
        #expect(cut <= Self.rounds)
        let missing = acked.subtracting(intents).union(acked.subtracting(outcomes))
        print(
            "kill -9: \(Self.rounds) rounds, \(acked.count) acked, \(missing.count) missing, \(cut) lines cut"
        )
        #expect(missing.isEmpty && !acked.isEmpty)
    }

    private static func read(_ path: String) throws -> (Fleet, lines: Int) {
        var stream = StreamedFleet()
        let reader = try RecordingReader(path: path)
        while let line = reader.next() { stream.take(line) }
        #expect(reader.damage.frames == 0 && reader.damage.badLines == 0)
        return (stream.fleet, reader.lines)
    }

    @Test func commandsAreSentAndMarkedUnauditedWhenTheDiskIsFull() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        // The file size limit of 300 bytes allows one or two audit entries.
        let hub = try scratch.hub(under: ["prlimit", "--fsize=300"])
        let agent = try await scratch.obeyingAgent(InstanceID(agent: "planner", number: 1))
        let viewer = Viewer(try await HubConnection.open(scratch.sockets, as: .operator))
        try await viewer.wait { $0.agents.values.first?.strategies["pay"] != nil }
        for number in 1...5 {
            let command = OperatorCommand(id: "c\(number)", address: "planner:pay", order: .reset)
            viewer.connection.send(.command(command))
            #expect(try await viewer.outcome(of: command.id).last?.status == .acked)
        }
        let last = viewer.fleet.journal.compactMap { line in
            if case .command(let command) = line.message { command } else { nil }
        }.last
        #expect(last?.isAudited == false)
        let audit = try String(
            contentsOfFile: scratch.file("state/fusebox/audit.ndjson"), encoding: .utf8)
        for line in audit.split(separator: "\n") {
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
        agent.close()
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }

    @Test func recordingReportsAFullDiskAndContinues() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub(
            "--record-dir", scratch.file("recordings"), under: ["prlimit", "--fsize=200:"])
        let pid = try #require(HubLock.owner(of: scratch.sockets))
        let agent = try await scratch.obeyingAgent(InstanceID(agent: "planner", number: 1))
        let counting = Task {
            for number in 1... {
                let delta = Delta(
                    strategy: "pay", sequence: number, spanMS: 50, counters: Counters())
                agent.send(.delta(delta))
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        defer { counting.cancel() }
        let viewer = try await scratch.viewer()
        func alert(_ fleet: Fleet) -> Alert? {
            fleet.alerts.map(\.alert).first { $0.rule == Alert.recordingRule }
        }
        try await viewer.wait { alert($0) != nil }
        let detail = alert(viewer.fleet)?.detail ?? ""
        #expect(detail == "recording stopped: the disk cannot be written")
        let space = try Running(
            "/usr/bin/env", ["prlimit", "--fsize=unlimited:", "--pid", "\(pid)"])
        #expect(await space.end() == 0)
        try await viewer.wait { alert($0) == nil }
        agent.close()
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
        // The file has complete lines and frames, without the lost ones.
        let name = try FileManager.default.contentsOfDirectory(
            atPath: scratch.file("recordings"))
        let (fleet, lines) = try Self.read(scratch.file("recordings/\(name.first ?? "")"))
        #expect(lines > 1 && fleet.agents.count == 1)
    }

    @Test func floodOfOneAgentIsReportedAndDoesNotDelayOthers() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub()
        let flood = try Wire(scratch.sockets, .agent)
        try flood.write([AgentMessage].hello("flood", 1).bytes)
        let line = [AgentMessage.ping].bytes
        let chunk = Array(repeating: line, count: 1_000).flatMap(\.self)
        let sender = Thread {
            while (try? flood.write(chunk)) != nil {}
        }
        sender.start()
        let viewer = try await scratch.viewer()
        let alert = try await viewer.next { message -> Alert? in
            if case .alert(let alert) = message, alert.rule == "flood" { alert } else { nil }
        }
        #expect(alert.firing)
        #expect(alert.about == "flood@00000000")
        let other = try Wire(scratch.sockets, .agent)
        try other.write([AgentMessage].hello("other", 2).bytes)
        try await viewer.wait { $0.agents.values.contains { $0.id.agent == "other" } }
        // An agent that disconnects during its flood ends the alert.
        shutdown(flood.descriptor, Int32(SHUT_RDWR))
        try await viewer.wait { fleet in
            fleet.agents.values.contains { $0.id.agent == "flood" && $0.state == .gone }
        }
        #expect(viewer.fleet.alerts.allSatisfy { $0.alert.rule != "flood" })
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }

    @Test func agentThatLeavesBeforeItsWelcomeIsShownAsGone() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub()
        let viewer = try await scratch.viewer()
        _ = try await viewer.next { $0 == .keyframeEnd ? true : nil }
        // The agent's messages and its disconnection reach the hub together.
        hub.signal(SIGSTOP)
        for number in 1...20 {
            try Wire(scratch.sockets, .agent).write([AgentMessage].hello("brief", number).bytes)
        }
        hub.signal(SIGCONT)
        try await viewer.wait { fleet in
            fleet.agents.count == 20 && fleet.agents.values.allSatisfy { $0.state == .gone }
        }
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }

    @Test func viewerThatNeverReadsUsesBoundedMemoryAndGetsAKeyframeLater() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub()
        let stuck = try Wire(scratch.sockets, .view)
        try stuck.write(.watch(version: 1))
        // Enough agents that none of them exceeds its allowance.
        let agents = try (1...20).map { number in
            let agent = try Wire(scratch.sockets, .agent)
            try agent.write([AgentMessage].hello("planner", number).bytes)
            return agent
        }
        let viewer = try await scratch.viewer()
        try await viewer.wait { $0.agents.count == agents.count }
        let before = Process.residentKiB(hub.pid)
        // 20 MB of the stream, which the hub must not keep for the viewer that does not read.
        let call = CallReport(strategy: "pay", end: .ok, attempts: 1, microseconds: 1)
        let chunk = Array(repeating: AgentMessage.call(call), count: 1_000).bytes
        let sender = Thread {
            for _ in 0..<5 {
                for agent in agents where (try? agent.write(chunk)) == nil { return }
            }
        }
        sender.start()
        @Sendable func paid(_ fleet: Fleet) -> Int {
            fleet.agents.values.reduce(0) { $0 + ($1.strategies["pay"]?.total.ok ?? 0) }
        }
        try await viewer.wait { paid($0) == 100_000 }
        let grown = Process.residentKiB(hub.pid) - before
        print("stuck viewer: the hub grew by \(grown) KiB while 100,000 lines passed")
        #expect(grown < 20_000)
        // When the stuck viewer reads again, its stream ends in a keyframe with all changes.
        let late = try await LateReader.read(stuck) { paid($0) == 100_000 }
        #expect(late >= 2)
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }

    @Test func hubServesAThousandConnections() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub(under: ["prlimit", "--nofile=4096"])
        var agents: [Wire] = []
        for number in 1...1_000 {
            let agent = try Wire(scratch.sockets, .agent)
            try agent.write([AgentMessage].hello("a\(number % 10)", number).bytes)
            agents.append(agent)
        }
        let viewer = try await scratch.viewer()
        try await viewer.wait { fleet in
            fleet.agents.count == 1_000
                && fleet.agents.values.allSatisfy { $0.strategies["pay"] != nil }
        }
        agents = []
        try await viewer.wait { $0.agents.values.allSatisfy { $0.state == .gone } }
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }

    @Test func viewersOverTheDescriptorLimitDoNotDisplaceOthers() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub(under: ["prlimit", "--nofile=64"])
        var viewers: [Wire] = []
        for _ in 1...100 { viewers.append(try Wire(scratch.sockets, .view)) }
        guard case .error(let refusal) = try (viewers[99].next() as Line).message else {
            Issue.record("expected a refusal")
            return
        }
        #expect(refusal.code == "full")
        let agent = try Wire(scratch.sockets, .agent)
        try agent.write([AgentMessage].hello("a", 1).bytes)
        guard case .welcome = try agent.next() as HubToAgentMessage else {
            Issue.record("expected a welcome")
            return
        }
        let watcher = try Wire(scratch.sockets, .operator)
        try watcher.write(.watch(version: 1))
        var fleet = StreamedFleet()
        while fleet.fleet.alerts.isEmpty { fleet.take(try watcher.next() as Line) }
        let alert = fleet.fleet.alerts.first?.alert
        #expect(alert?.rule == "full" && alert?.about == "hub")
        #expect(alert?.detail.hasPrefix("process \(getpid()) of ") == true)
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }

    @Test func agentsOverTheDescriptorLimitAreRefusedWithAMessage() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub(under: ["prlimit", "--nofile=64"])
        let viewer = try await scratch.viewer()
        _ = try await viewer.next { $0 == .keyframeEnd ? true : nil }
        var agents: [Wire] = []
        for number in 1...100 {
            let agent = try Wire(scratch.sockets, .agent)
            try agent.write([AgentMessage].hello("a", number).bytes)
            agents.append(agent)
        }
        // The first agents are up, and the others get the reason for their refusal.
        try await viewer.wait { $0.agents.count == 22 }
        guard case .error(let refusal) = try agents[99].next() as HubToAgentMessage else {
            Issue.record("expected a refusal")
            return
        }
        #expect(refusal.code == "full")
        // One alert and one log message name the agent that has most connections.
        let words = "agent 'a' has 22 of the 22 connections for agents"
        try await viewer.wait { fleet in
            fleet.alerts.contains { $0.alert.rule == "full" && $0.alert.detail.contains(words) }
        }
        #expect(try hub.errors.readLine().contains(words))
        // Viewers and operators can connect, and a command is logged and sent.
        let status = try await Tool.run("status", "--socket-dir", scratch.sockets.path)
        #expect(status.status == 0)
        _ = try agents[0].next() as HubToAgentMessage
        let before = Process.processorSeconds(hub.pid)
        let start = ContinuousClock.now
        _ = agents[0].isReadable(within: 2_000)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let share = (Process.processorSeconds(hub.pid) - before) / max(seconds, 0.001)
        print("no descriptors: \(Int(share * 100)) % of a core while it waits")
        #expect(share < 0.5)
        agents = []
        try await viewer.wait { $0.agents.values.allSatisfy { $0.state == .gone } }
        for number in 101...120 {
            let agent = try Wire(scratch.sockets, .agent)
            try agent.write([AgentMessage].hello("a", number).bytes)
            agents.append(agent)
        }
        try await viewer.wait { fleet in
            fleet.agents.values.filter { $0.state == .up }.count == 20
        }
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }
}

/// Reads a wire on its own thread until the fleet meets a condition.
private enum LateReader {
    /// Returns the keyframes that were read.
    static func read(
        _ wire: Wire, until condition: @escaping @Sendable (Fleet) -> Bool
    ) async throws -> Int {
        await withCheckedContinuation { continuation in
            Thread {
                var stream = StreamedFleet()
                var keyframes = 0
                var cutter = LineCutter()
                var buffer = [UInt8](repeating: 0, count: 65_536)
                while true {
                    let count = recv(wire.descriptor, &buffer, buffer.count, 0)
                    guard count > 0 else { break }
                    buffer[..<count].withUnsafeBytes { bytes in
                        cutter.append(bytes) { (line: Result<Line, WireError>) in
                            guard let line = try? line.get() else { return }
                            if case .keyframe = line.message { keyframes += 1 }
                            stream.take(line)
                        }
                    }
                    if condition(stream.fleet) { break }
                }
                continuation.resume(returning: keyframes)
            }.start()
        }
    }
}
