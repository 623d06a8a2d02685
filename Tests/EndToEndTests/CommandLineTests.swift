import Fleet
import Foundation
import ResilienceWire
import Sockets
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(1))) struct CommandLineTests {
    @Test func missingHubIsReportedWithTheCommandThatStartsOne() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        for command in [
            ["status"], ["breaker", "reset", "a:b"], ["record", scratch.file("x.ndjson")],
        ] {
            let running = try Running(Tool.path, command + ["--socket-dir", scratch.sockets.path])
            #expect(await running.end() == 3)
            #expect(try running.errors.readToEnd().contains("fusebox hub --background"))
        }
        let doctor = try await Tool.run("doctor", "--socket-dir", scratch.sockets.path)
        #expect(doctor.status == 3)
        #expect(doctor.output.contains("no hub at \(scratch.sockets)"))
    }

    @Test func invalidArgumentsAreAUsageError() async throws {
        for arguments in [
            ["breaker", "open"], ["breaker", "open", "noaddress"], ["demo", "--agents", "9"],
            ["breaker", "open", "a:b", "--for", "5s", "--until-reset"],
        ] {
            let running = try Running(Tool.path, arguments)
            #expect(await running.end() == 64)
        }
    }

    @Test func severalHubsAreShownTogetherWithTheirNames() async throws {
        let (eu, us) = (try Scratch(), try Scratch())
        defer { [eu, us].forEach { $0.remove() } }
        let demos = [try eu.demo(), try us.demo()]
        for scratch in [eu, us] {
            let viewer = try await scratch.viewer()
            try await viewer.wait { fleet in
                fleet.agents.count == 6 && fleet.agents.values.allSatisfy { !$0.strategies.isEmpty }
            }
        }
        func via(_ name: String, _ scratch: Scratch) -> [String] {
            ["--via", "\(name)=\(Tool.path) pipe --socket-dir \(scratch.sockets.path)"]
        }
        func run(_ arguments: String...) async throws -> Tool.Result {
            let running = try Running(Tool.path, arguments + via("eu", eu) + via("us", us))
            return Tool.Result(
                status: await running.end(), output: try running.output.readToEnd(),
                errors: try running.errors.readToEnd())
        }
        let status = try await run("status")
        #expect(status.output.contains("eu/planner@") && status.output.contains("us/planner@"))
        let opened = try await run("breaker", "open", "*:geo/maps", "--for", "1s", "--yes")
        #expect(opened.status == 0, "\(opened)")
        #expect(opened.output.split(separator: "\n").count { $0.contains(" acked ") } == 6)
        let reset = try await run("breaker", "reset", "us/*:geo/maps", "--yes")
        #expect(reset.status == 0, "\(reset)")
        #expect(reset.output.split(separator: "\n").count { $0.hasPrefix("us/") } == 3)
        // Without the hub's name, the address is ambiguous.
        #expect(try await run("breaker", "reset", "planner:geo/maps", "--yes").status == 4)
        // A hub that reads everything and never answers does not hide the others.
        let silent = ["--via", "ap=sh -c 'while read -r line; do :; done'"]
        func withSilent(_ arguments: String...) async throws -> Tool.Result {
            let running = try Running(Tool.path, arguments + silent + via("us", us))
            return Tool.Result(
                status: await running.end(), output: try running.output.readToEnd(),
                errors: try running.errors.readToEnd())
        }
        let late = try await withSilent("status")
        #expect(late.status == 0 && late.output.contains("us/planner@"))
        #expect(late.errors.contains("does not answer: ap: no answer yet"))
        let missed = try await withSilent("breaker", "reset", "*:geo/maps", "--yes")
        #expect(missed.status == 1)
        #expect(missed.errors.contains("no agent: hub ap has not answered yet"))
        #expect(missed.output.split(separator: "\n").count { $0.contains(" acked ") } == 3)
        #expect(try await withSilent("breaker", "reset", "ap/x:y", "--yes").status == 3)
        // The remaining hubs are shown, and the missing one is reported.
        demos[0].signal(SIGTERM)
        _ = await demos[0].end()
        let half = try await run("status")
        #expect(half.status == 0 && half.output.contains("us/planner@"))
        #expect(half.errors.contains("does not answer: eu: "))
        demos[1].signal(SIGTERM)
        _ = await demos[1].end()
        #expect(try await run("status").status == 3)
    }

    @Test func severalHubsNeedNames() async throws {
        for arguments in [
            ["--via", "a", "--via", "b"], ["--via", "x=a", "--via", "x=b"],
        ] {
            #expect(await (try Running(Tool.path, ["status"] + arguments)).end() == 64)
        }
    }

    @Test func demoAgentsAreShownAndCarryOutOrders() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let demo = try scratch.demo()
        let viewer = try await scratch.viewer()
        try await viewer.wait { fleet in
            fleet.agents.count == 6 && fleet.agents.values.allSatisfy { !$0.strategies.isEmpty }
        }

        let status = try await Tool.run("status", "--json", "--socket-dir", scratch.sockets.path)
        #expect(status.status == 0)
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any])
        let agents = try #require(report["agents"] as? [[String: Any]])
        #expect(agents.filter { $0["agent"] as? String == "planner" }.count == 3)
        let strategies = agents.flatMap { $0["strategies"] as? [[String: Any]] ?? [] }
        #expect(Set(strategies.compactMap { $0["s"] as? String }).count >= 10)

        func breaker(_ arguments: String...) async throws -> Tool.Result {
            let running = try Running(
                Tool.path, ["breaker"] + arguments + ["--socket-dir", scratch.sockets.path])
            return Tool.Result(
                status: await running.end(), output: try running.output.readToEnd(),
                errors: try running.errors.readToEnd())
        }
        let unasked = try await breaker("open", "planner:llm/openai", "--for", "1s")
        #expect(unasked.status == 1)
        #expect(unasked.errors.contains("covers 3 instances"))
        let opened = try await breaker("open", "planner:llm/openai", "--for", "1s", "--yes")
        #expect(opened.status == 0)
        #expect(opened.output.split(separator: "\n").count == 3)
        #expect(opened.output.contains("acked"))
        func openai(_ fleet: Fleet) -> [BreakerState] {
            fleet.agents.values.compactMap { $0.strategies["llm/openai"]?.breaker?.state }
        }
        try await viewer.wait { openai($0) == [.forcedOpen, .forcedOpen, .forcedOpen] }
        // At the end of the time each breaker probes; the result of the probe depends on the
        // service.
        try await viewer.wait { !openai($0).contains(.forcedOpen) }

        let unknown = try await breaker("open", "planner:nope")
        #expect(unknown.status == 4)
        #expect(unknown.errors.contains("planner:llm/openai"))
        let dry = try await breaker("reset", "auth:auth/ldap", "--dry-run")
        #expect(dry.output.contains("would reset the breaker at 1 instance:\n  auth@"))

        // An order that the agent will refuse is not confirmed.
        #expect(try await breaker("disable", "auth:auth/ldap").status == 0)
        let probe = try await breaker("half-open", "auth:auth/ldap", "--dry-run")
        #expect(probe.status == 1)
        #expect(probe.errors.contains("would refuse: the breaker is disabled"))
        #expect(try await breaker("half-open", "auth:auth/ldap").status == 1)
        let version = try await breaker(
            "reset", "auth:auth/ldap", "--if-version", "99", "--dry-run")
        #expect(version.status == 1)
        #expect(version.errors.contains("would refuse: the breaker is at version "))
        #expect(try await breaker("enable", "auth:auth/ldap").status == 0)

        let limits = try await Tool.run(
            "limit", "list", "auth:auth/ldap", "--socket-dir", scratch.sockets.path)
        #expect(limits.output.contains("max_attempts"))
        let set = try await Tool.run(
            "limit", "set", "auth:auth/ldap", "max_attempts=2", "--json", "--socket-dir",
            scratch.sockets.path)
        #expect(set.status == 0)
        #expect(set.output.contains(#""status":"acked""#))
        let refused = try await Tool.run(
            "limit", "set", "auth:auth/ldap", "max_attempts=0", "--socket-dir",
            scratch.sockets.path)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("max_attempts is at least 1"))
        let foreseen = try await Tool.run(
            "limit", "set", "auth:auth/ldap", "max_attempts=0", "--dry-run", "--socket-dir",
            scratch.sockets.path)
        #expect(foreseen.status == 1)
        #expect(foreseen.output.contains("would set max_attempts to 0 at 1 instance:\n"))
        #expect(foreseen.errors.contains("would refuse: max_attempts is at least 1, not 0"))
        let tap = try await Tool.run(
            "tap", "auth:auth/ldap", "--for", "1s", "--socket-dir", scratch.sockets.path)
        #expect(tap.status == 0)
        #expect(tap.output.contains("auth/ldap "))
        let events = try await Tool.run("events", "--socket-dir", scratch.sockets.path)
        #expect(events.output.contains("max_attempts = 2 auth:auth/ldap"))

        let follow = try Running(
            Tool.path, ["status", "--follow", "--socket-dir", scratch.sockets.path])
        for _ in 0..<2 {
            let line = try follow.output.readLine()
            let told = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect((told?["agents"] as? [Any])?.count == 6)
        }
        follow.signal(SIGINT)
        #expect(await follow.end() == 0)

        demo.signal(SIGTERM)
        #expect(await demo.end() == 0)
        for role in SocketRole.allCases {
            #expect(access(scratch.sockets.socket(role), F_OK) != 0)
        }
        for agent in viewer.fleet.agents.values { #expect(kill(Int32(agent.pid), 0) != 0) }
    }

    @Test func orderCanBeGivenAndEndedWhileNoAgentIsConnected() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub()
        func breaker(_ arguments: String...) async throws -> Tool.Result {
            let running = try Running(
                Tool.path, ["breaker"] + arguments + ["--socket-dir", scratch.sockets.path])
            return Tool.Result(
                status: await running.end(), output: try running.output.readToEnd(),
                errors: try running.errors.readToEnd())
        }
        // A mistyped address does not become a standing order in silence.
        let bare = try await breaker("open", "short:http/host", "--yes")
        #expect(bare.status == 4)
        #expect(
            bare.errors.contains(
                "no agents are connected\nto hold it for agents to come, add --for"))
        let unasked = try await breaker("open", "short:http/host", "--for", "1h")
        #expect(unasked.status == 4)
        #expect(unasked.errors.contains("short:http/host covers no instance now"))
        #expect(unasked.errors.contains("add --yes"))
        #expect(try await breaker("reset", "short:http/host").status == 4)

        let open = try await breaker("open", "short:http/host", "--for", "1h", "--yes")
        #expect(open.status == 0)
        #expect(
            open.output == "short:http/host covers none now; holds for agents to come\n")
        let dry = try await breaker("reset", "short:http/host", "--dry-run")
        #expect(dry.output == "would reset the breaker: covers none now; 1 standing order ended\n")
        let reset = try await breaker("reset", "short:http/host")
        #expect(reset.status == 0)
        #expect(reset.output == "short:http/host covers none now; 1 standing order ended\n")
        #expect(try await breaker("reset", "short:http/host").status == 4)
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }

    @Test func killedAgentIsGoneWithAReason() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let demo = try scratch.demo("--agents", "1")
        let viewer = try await scratch.viewer()
        try await viewer.wait { $0.agents.count == 3 }
        let victim = try #require(viewer.fleet.agents.values.first)
        kill(Int32(victim.pid), SIGKILL)
        try await viewer.wait { $0.agents[victim.id]?.state == .gone }
        #expect(viewer.fleet.agents[victim.id]?.why.contains("killed") == true)
        demo.signal(SIGTERM)
        _ = await demo.end()
    }

    @Test func killedDemoAlsoEndsItsAgents() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let demo = try scratch.demo("--agents", "1")
        let viewer = try await scratch.viewer()
        try await viewer.wait { $0.agents.count == 3 }
        // The agents are not children of this process, so another tool waits for their end.
        let waits = try viewer.fleet.agents.values.map {
            try Running("/usr/bin/env", ["tail", "--pid=\($0.pid)", "-f", "/dev/null"])
        }
        demo.signal(SIGKILL)
        for wait in waits { #expect(await wait.end() == 0) }
    }

    @Test func pythonAgentBuiltFromTheProtocolPageIsShownAndCarriesOutOrders() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub()
        let script = Tool.root.appending(path: "Clients/python/minimal_agent.py").path
        let python = try Running(
            "/usr/bin/env", ["python3", script, scratch.sockets.socket(.agent)])
        let viewer = try await scratch.viewer()
        func search(_ fleet: Fleet) -> StrategyRecord? {
            fleet.agents.values.lazy.compactMap { $0.strategies["py/search"] }.first
        }
        try await viewer.wait { search($0)?.total.ok ?? 0 >= 3 }
        #expect(search(viewer.fleet)?.breaker?.state == .open)
        let status = try await Tool.run("status", "--socket-dir", scratch.sockets.path)
        #expect(status.output.contains("pyagent@"))
        let opened = try await Tool.run(
            "breaker", "open", "pyagent:py/search", "--socket-dir", scratch.sockets.path)
        #expect(opened.status == 0)
        try await viewer.wait { search($0)?.breaker?.state == .forcedOpen }
        let refused = try await Tool.run(
            "breaker", "disable", "pyagent:py/search", "--socket-dir", scratch.sockets.path)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("open and reset only"))
        python.signal(SIGKILL)
        _ = await python.end()
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }

    @Test func namesAreSafeInStatus() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub()
        let python = try scratch.rawAgent(
            saying: """
                {"t": "hello", "v": 1, "agent": "evil\\u001b[31m", "instance": "ab" * 16, "pid": 1, "client": "x"},
                {"t": "strategy", "s": "pay\\u202eepirts", "kind": "retry"},
                """)
        let viewer = try await scratch.viewer()
        try await viewer.wait { $0.agents.values.first?.strategies.isEmpty == false }
        let status = try await Tool.run("status", "--socket-dir", scratch.sockets.path)
        #expect(status.output.contains(#"evil\x1b[31m"#))
        #expect(status.output.contains(#"pay\u{202e}epirts"#))
        #expect(!status.output.unicodeScalars.contains { $0 == "\u{1b}" || $0 == "\u{202e}" })
        python.signal(SIGKILL)
        _ = await python.end()
        hub.signal(SIGTERM)
        _ = await hub.end()
    }

    @Test func demoIsRecordedAndReplayed() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let demo = try scratch.demo()
        let file = scratch.file("run.ndjson")
        let record = try await Tool.run(
            "record", file, "--for", "4s", "--socket-dir", scratch.sockets.path)
        #expect(record.status == 0)
        demo.signal(SIGTERM)
        _ = await demo.end()
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.count > 50)
        for line in lines {
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
        let replay = try await Tool.run("replay", file, "--dump-screen", "120x40")
        #expect(replay.status == 0)
        #expect(replay.output.contains("llm/openai"))
        #expect(replay.output.contains("REPLAY"))
        let image = try await Tool.run("replay", file, "--dump-screen", "120x40", "--svg")
        #expect(image.status == 0)
        #expect(image.output.hasPrefix("<svg ") && image.output.hasSuffix("</svg>\n"))
        #expect(image.output.contains("llm/openai"))
        let sizeless = try await Tool.run("replay", file, "--svg")
        #expect(sizeless.status == 64)
        #expect(sizeless.errors.contains("--dump-screen 120x40 --svg"))

        let cut = scratch.file("cut.ndjson")
        try String(lines.joined(separator: "\n").dropLast(10))
            .write(toFile: cut, atomically: true, encoding: .utf8)
        let damaged = try await Tool.run("replay", cut, "--dump-screen", "80x24")
        #expect(damaged.status == 6)
        #expect(damaged.errors.contains("ends within a line"))
    }

    /// The foreground's message is printed at once.
    @Test(arguments: ["config", "recordings", "sockets"])
    func backgroundHubThatCannotStartReportsTheReason(_ what: String) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        var arguments = ["hub", "--socket-dir", scratch.sockets.path]
        switch what {
        case "config": _ = try scratch.configure("alerts: 5\n")
        case "recordings":
            try Data().write(to: URL(filePath: scratch.file("file")))
            arguments += ["--record-dir", scratch.file("file/under")]
        default: try Data().write(to: URL(filePath: scratch.sockets.path))
        }
        let environment = [
            "XDG_STATE_HOME": scratch.file("state"), "XDG_CONFIG_HOME": scratch.file("config"),
        ]
        func run(_ arguments: [String]) async throws -> (status: Int32, errors: String) {
            let running = try Running(Tool.path, arguments, environment)
            return (await running.end(), try running.errors.readToEnd())
        }
        let foreground = try await run(arguments)
        let background = try await run(arguments + ["--background"])
        #expect(foreground.status != 0 && !foreground.errors.isEmpty)
        #expect(background == foreground)
    }

    @Test func backgroundHubIsStartedFoundAndStopped() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let environment = ["XDG_STATE_HOME": scratch.file("state")]
        let start = try await Tool.run(
            "hub", "--background", "--socket-dir", scratch.sockets.path, environment: environment)
        #expect(start.status == 0)
        let doctor = try await Tool.run("doctor", "--socket-dir", scratch.sockets.path)
        #expect(doctor.status == 0)
        #expect(doctor.output.contains("a hub answers"))
        let stop = try await Tool.run("hub", "--stop", "--socket-dir", scratch.sockets.path)
        #expect(stop.status == 0)
        #expect(access(scratch.sockets.socket(.agent), F_OK) != 0)
        let second = try await Tool.run("hub", "--stop", "--socket-dir", scratch.sockets.path)
        #expect(second.status == 3)
    }
}
