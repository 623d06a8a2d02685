import Fleet
import Foundation
import HubClient
import ResilienceWire
import Sockets
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(1))) struct AlertsTests {
    @Test func hubDoesNotStartWithAnInvalidConfig() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let path = try scratch.configure("alerts:\n  - when: never\n")
        let hub = try Tool.start(
            "hub", "--socket-dir", scratch.sockets.path,
            environment: ["XDG_CONFIG_HOME": scratch.file("config")])
        #expect(await hub.end() == 1)
        let words = try hub.errors.readToEnd()
        #expect(words.hasPrefix("fusebox: \(path):2: alerts.when: expected breaker_open, "))
    }

    @Test func libraryThatAClientDoesNotSupportIsAnAlertAndIsListedByDoctor() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub()
        let agent = try await RawAgent(scratch.sockets)
        let library = UnsupportedLibrary(
            library: "litellm\u{1b} 9.0", why: "its Router has no method make_call")
        for _ in 1...3 { agent.send(.unsupported(library)) }
        for number in 1...40 {
            agent.send(.unsupported(UnsupportedLibrary(library: "a \(number)", why: "")))
        }
        let viewer = try await scratch.viewer()
        try await viewer.wait { $0.alerts.count == 16 }
        let words = "litellm\\x1b 9.0 is not supported: its Router has no method make_call"
        #expect(viewer.fleet.alerts.first?.alert.detail == words)
        let doctor = try await Tool.run("doctor", "--socket-dir", scratch.sockets.path)
        #expect(doctor.status == 0)
        let line = "Libraries that agents do not support\n  planner@aaaaaaaa: \(words)\n"
        #expect(doctor.output.contains(line))
        agent.close()
        try await viewer.wait { $0.alerts.isEmpty }
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }

    @Test func hubReloadsItsConfigAndKeepsItsRulesIfTheNewOneIsInvalid() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let path = try scratch.configure("alerts: []\n")
        let hub = try scratch.hub()
        let agent = try await RawAgent(scratch.sockets)
        defer { agent.close() }
        let id = agent.id
        agent.send(
            .strategy(
                StrategyDeclaration(
                    strategy: "pay", kind: "breaker",
                    breaker: BreakerReading(
                        state: .open, version: 1, why: "5 consecutive failures"))))
        let viewer = try await scratch.viewer()
        try await viewer.wait { $0.agents[id]?.strategies["pay"] != nil }
        func alerts(_ arguments: String...) async throws -> String {
            let tool = try Running(
                Tool.path, ["alerts", "--socket-dir", scratch.sockets.path] + arguments)
            #expect(await tool.end() == 0)
            return try tool.output.readToEnd()
        }
        #expect(try await alerts() == "no alerts\n")

        _ = try scratch.configure("alerts:\n  - when: breaker_open\n    name: paid\n")
        hub.signal(SIGHUP)
        #expect(try hub.errors.readLine() == "fusebox: hub: reloaded \(path)")
        try await viewer.wait { $0.alerts.count == 1 }

        _ = try scratch.configure("alerts: [}\n")
        hub.signal(SIGHUP)
        let complaint = try hub.errors.readLine()
        #expect(complaint.hasPrefix("fusebox: hub: \(path):1: not YAML: "))
        #expect(complaint.hasSuffix("; the former rules stay in force"))
        func config(_ fleet: Fleet) -> Alert? {
            fleet.alerts.map(\.alert).first { $0.rule == Alert.configRule }
        }
        try await viewer.wait { config($0) != nil }
        let told = try #require(config(viewer.fleet))
        #expect(told.about == "hub" && complaint.contains(told.detail))
        #expect(viewer.fleet.journal.contains { $0.message == .alert(told) })
        // A second reload does not repeat the alert.
        hub.signal(SIGHUP)
        _ = try hub.errors.readLine()

        let table = try await alerts().split(separator: "\n")
        #expect(table.first?.split(separator: " ") == ["FOR", "RULE", "ABOUT", "STATE", "DETAIL"])
        #expect(table.contains { $0.contains("paid    planner:pay  firing  open: 5 consecutive") })
        #expect(
            table.count { $0.contains("  config  hub          firing  \(path):1: not YAML") } == 1)
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(try await alerts("--json").utf8))
                as? [String: Any])
        let one = try #require((report["alerts"] as? [[String: Any]])?.first)
        #expect(one["rule"] as? String == "paid")
        #expect(one["about"] as? String == "planner:pay")

        _ = try scratch.configure("alerts: []\n")
        hub.signal(SIGHUP)
        try await viewer.wait { $0.alerts.isEmpty }
        #expect(
            viewer.fleet.journal.contains { line in
                guard case .alert(let alert) = line.message else { return false }
                return alert.rule == Alert.configRule && !alert.firing
            })

        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }
}
