import Fleet
import Foundation
import ResilienceWire
import Sockets
import TestSupport
import Testing

/// The dashboard as operators use it, in a real terminal with real agents.
@Suite(.serialized, .timeLimit(.minutes(2))) struct DashboardScreenTests {
    /// Starts the demo's dashboard in a terminal, and prints the terminal's settings before and
    /// after it.
    func demo(_ scratch: Scratch, _ screen: TmuxScreen) throws {
        try screen.wait(for: "ready$")
        try screen.enter("stty -a > \(scratch.file("before"))")
        // The screen also shows the typed line, so it must not contain the text that the test waits
        // for.
        try screen.enter(
            "\(Tool.path) demo --socket-dir \(scratch.sockets); echo \"ended $?\";"
                + " stty -a > \(scratch.file("after")); echo check''ed")
        try screen.wait(for: "llm/openai")
    }

    func expectTheTerminalAsBefore(_ scratch: Scratch, _ screen: TmuxScreen) throws {
        try screen.wait(for: "checked")
        let before = try String(contentsOfFile: scratch.file("before"), encoding: .utf8)
        let after = try String(contentsOfFile: scratch.file("after"), encoding: .utf8)
        #expect(before == after)
    }

    @Test func operatorOpensAndResetsABreaker() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let screen = try TmuxScreen(scratch)
        try demo(scratch, screen)
        let viewer = try await scratch.viewer()
        let shown = try screen.wait(for: "auth/tokens")
        #expect(shown.contains("DEMO"))
        #expect(shown.contains("CONTROL ON"))

        try screen.press("/")
        try screen.type("tokens")
        try screen.press("Enter", "o")
        try screen.wait(for: "Cancel")
        try screen.press("Tab", "Enter")
        try screen.wait("the row says forced, the journal acked") {
            $0.contains("FORCED") && $0.contains("acked") && $0.contains("ms")
        }
        func rejected() -> Int {
            viewer.fleet.agents.values.compactMap { $0.strategies["auth/tokens"]?.total.rejected }
                .max() ?? 0
        }
        try await viewer.wait { _ in rejected() > 0 }
        let first = rejected()
        try await viewer.wait { _ in rejected() > first }

        try screen.press("r")
        try screen.wait(for: "Cancel")
        try screen.press("Tab", "Enter")
        try await viewer.wait { fleet in
            fleet.agents.values.contains { $0.strategies["auth/tokens"]?.breaker?.state == .closed }
        }
        try screen.wait(for: "CLOSED")
        try screen.press("Escape", "q")
        try screen.wait(for: "ended 0")
        try expectTheTerminalAsBefore(scratch, screen)
    }

    @Test func operatorSetsAndReleasesALimit() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let screen = try TmuxScreen(scratch)
        try demo(scratch, screen)
        let viewer = try await scratch.viewer()
        try screen.wait(for: "auth/ldap")
        try screen.type("/ldap")
        try screen.press("Enter", "m")
        let list = try screen.wait(for: "set or release")
        #expect(list.contains("max_attempts"))
        try screen.press("Enter")
        try screen.wait(for: "Cancel")
        try screen.press("Tab", "Tab")
        try screen.type("0")
        try screen.press("BTab", "Enter")
        try screen.wait(for: "max_attempts is at least 1, not 0")
        try screen.press("BSpace")
        try screen.type("2")
        try screen.press("BTab", "Enter")
        func limit(_ fleet: Fleet) -> LimitReading? {
            fleet.agents.values.lazy.compactMap {
                $0.strategies["auth/ldap"]?.limits.first { $0.name == "max_attempts" }
            }.first
        }
        try await viewer.wait { limit($0)?.pinned == true && limit($0)?.value == 2 }
        try screen.wait(for: "acked")
        try screen.press("m")
        try screen.wait(for: "pinned")
        try screen.press("Enter")
        try screen.wait(for: "Release")
        try screen.press("Tab", "Tab", "Enter")
        try await viewer.wait { limit($0)?.pinned == false }
        try screen.press("Escape", "q")
        try screen.wait(for: "ended 0")
    }

    @Test func dashboardMakesARecording() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let screen = try TmuxScreen(scratch)
        try demo(scratch, screen)
        let file = scratch.file("night.ndjson")
        try screen.press(":")
        try screen.type("record \(file)")
        try screen.press("Enter")
        try screen.wait(for: "REC ")
        try screen.press(":")
        try screen.type("record stop")
        try screen.press("Enter")
        try screen.wait(for: "recorded ")
        try screen.press("q")
        try screen.wait(for: "ended 0")
        let replay = try Running(Tool.path, ["replay", file, "--dump-screen", "120x40"])
        #expect(try replay.output.readToEnd().contains("llm/openai"))
    }

    @Test func recordingContinuesAfterItsDashboardEndsAndTheNextOneShowsIt() async throws {
        let session = try TerminalSession("FUSEBOX HUB", width: 200)
        defer { session.remove() }
        let (screen, file) = (session.screen, session.scratch.file("night.ndjson"))
        try screen.press(":")
        try screen.type("record \(file)")
        try screen.press("Enter")
        try screen.wait(for: "REC ")
        try screen.press("q")
        let end = try screen.wait(for: "ended 0")
        #expect(end.contains("the recording into \(file) continues; 'record stop' in the next"))
        func bytes() -> Int { (try? Data(contentsOf: URL(fileURLWithPath: file)).count) ?? 0 }
        let before = bytes()
        while bytes() == before { try await Task.sleep(for: .milliseconds(50)) }
        try screen.enter(
            "clear; \(Tool.path) --socket-dir \(session.scratch.sockets); echo \"next $?\"")
        try screen.wait(for: "REC ")
        try screen.press(":")
        try screen.type("record stop")
        try screen.press("Enter")
        try screen.wait(for: "the recording into \(file) has ended")
        try screen.press("q")
        try screen.wait(for: "next 0")
        let replay = try Running(Tool.path, ["replay", file, "--dump-screen", "120x40"])
        #expect(try replay.output.readToEnd().contains("llm/openai"))
    }

    @Test func everyKeyHasItsEffect() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let screen = try TmuxScreen(scratch, width: 140)
        try demo(scratch, screen)
        try screen.wait(for: "web/fetch")
        // tmux key names, or a text after `=`; then the text that the screen shows.
        let steps: [(keys: [String], shows: String)] = [
            (["b"], "Strategies over agents"), (["b"], "Strategies by target"),
            (["b"], "Strategies by agent"), (["Home", "Enter"], "┌Agent "),
            (["Escape"], "Strategies by agent"), (["b"], "Strategies 14"),
            (["s"], "sort name "), (["S"], "sort name reversed"),
            (["S", "G"], "Detail scraper:web"),
            (["g", "g"], "Detail auth:auth/ldap"), (["j"], "Detail auth:auth/tokens"),
            (["k"], "Detail auth:auth/ldap"), (["Down"], "Detail auth:auth/tokens"),
            (["Up"], "Detail auth:auth/ldap"), (["End"], "Detail scraper:web"),
            (["Home"], "Detail auth:auth/ldap"), (["PageDown"], "Detail scraper:web"),
            (["PageUp"], "Detail auth:auth/ldap"), (["C-f"], "Detail scraper:web"),
            (["C-b"], "Detail auth:auth/ldap"),
            (["/", "=geo", "Enter"], "filter: geo"), (["l"], "▾x3"), (["h"], "▸x3"),
            (["Right"], "▾x3"), (["Left"], "▸x3"), (["Enter"], "▾x3"),
            (["j", "Enter"], "Esc back"), (["Escape", "k", "h"], "▸x3"),
            (["Escape", "Tab", "g", "g"], "below"), (["Tab", "Escape"], "Strategies 14"),
            ([":", "=errors HTTP 503", "Enter"], "┌Error HTTP 503"), (["e"], "┌Error "),
            (["Escape"], "Strategies 14"), (["s", "!"], "sort served"), (["Space"], "PAUSED"),
            (["("], "▲ transition"), ([")"], "no later transition"), (["Space"], "DEMO"),
            (["o"], "Force open a breaker"),
            (["Escape", "r"], "Reset a breaker"), (["Escape", "p"], "Probe a breaker"),
            (["Escape", "m"], "Limits of"), (["Escape", "?"], "force the breaker open"),
            (["Escape", ":", "=utc", "Enter"], "times are local"), ([":", "Up"], ":utc"),
            (["Escape", ":", "=lo", "Tab"], ":lock"), (["Enter"], "READ ONLY"),
            (["y"], "copied "), (["Y"], "as Markdown"), ([","], "PAST"), (["End"], "DEMO"),
        ]
        // A strategy with a breaker that an operator opened, so that there is a transition.
        try screen.type("/tokens")
        try screen.press("Enter")
        try screen.wait(for: "Detail auth:auth/tokens")
        try screen.press("o", "Tab", "Enter")
        try screen.wait(for: "acked")
        try screen.press("Escape")
        for step in steps {
            for key in step.keys {
                if key.hasPrefix("=") {
                    try screen.type(String(key.dropFirst()))
                } else {
                    try screen.press(key)
                }
            }
            try screen.wait(for: step.shows)
        }
        #expect(screen.clipboard.contains("| State |"))
        try screen.press("q")
        try screen.wait(for: "ended 0")
    }

    @Test func everyReplayKeyHasItsEffect() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let screen = try TmuxScreen(scratch)
        let file = scratch.file("night.ndjson")
        // 2026-08-01 from 14:00:00, one minute.
        let start: Int64 = 1_785_592_800_000
        let planner = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "a"))
        var bytes: [UInt8] = []
        Line(at: start, .recording(RecordingHeader(fusebox: "test"))).encode(into: &bytes)
        for (second, message): (Int64, StreamMessage) in [
            (0, .agentUp(AgentUp(pid: 1, client: "t/1", intervalMS: 500, state: .up, lost: 0))),
            (
                0,
                .strategy(
                    StrategyDeclaration(
                        strategy: "pay", kind: "breaker", can: [],
                        breaker: BreakerReading(state: .closed, version: 0)))
            ),
            (
                10,
                .breaker(
                    BreakerChange(
                        strategy: "pay", version: 1, from: .closed, to: .open, by: .policy))
            ),
            (
                20,
                .alert(
                    Alert(
                        id: "a", rule: "opened", firing: true, about: "planner:pay",
                        detail: "it did"))
            ),
            (30, .command(StreamCommand(id: "c", address: "planner:pay", order: .reset))),
            (
                40,
                .breaker(
                    BreakerChange(
                        strategy: "pay", version: 2, from: .open, to: .closed, by: .operator))
            ),
            (60, .beat),
        ] {
            Line(at: start + second * 1_000, source: planner, message).encode(into: &bytes)
        }
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        try screen.wait(for: "ready$")
        try screen.enter(
            "clear; TZ=UTC \(Tool.path) replay \(file) --speed 0.25; echo \"ended $?\"")
        try screen.wait(for: "14:01:00")
        for (keys, shows) in [
            (["Space"], "PAUSED"), ([">"], "PAUSED 0.5x"), (["<"], "PAUSED 0.25x"),
            ([")"], "transition 1 of 2, 14:00:10"), (["."], "14:00:20Z"), ([","], "14:00:10Z"),
            (["]"], "alert 1 of 1, 14:00:20"), (["}"], "command 1 of 1, 14:00:30"),
            ([")"], "transition 2 of 2, 14:00:40"), (["9"], "14:00:54Z"), (["{"], "command 1 of 1"),
            (["9"], "14:00:54Z"), (["["], "alert 1 of 1"), (["9"], "14:00:54Z"),
            (["("], "transition "), (["5"], "14:00:30Z"),
            (["o"], "this is a recording"), (["0", "Space"], "CLOSED"),
            // Up to the maximum speed.
            (Array(repeating: ">", count: 9), "· END ·"),
        ] {
            for key in keys { try screen.press(key) }
            try screen.wait(for: shows)
        }
        try screen.press("q")
        try screen.wait(for: "ended 0")
    }

    @Test(arguments: [(SIGTERM, "ended 143"), (SIGHUP, "ended 129"), (SIGINT, "ended 130")])
    func signalRestoresTheTerminal(_ signal: (number: Int32, ending: String)) throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let screen = try TmuxScreen(scratch, width: 80, height: 24)
        try demo(scratch, screen)
        let pid = try #require(HubLock.owner(of: scratch.sockets))
        kill(pid, signal.number)
        try screen.wait(for: signal.ending)
        try expectTheTerminalAsBefore(scratch, screen)
    }

    @Test func resizingRedrawsEverything() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let screen = try TmuxScreen(scratch)
        try demo(scratch, screen)
        for (width, height) in [(80, 24), (40, 10), (1, 1), (200, 50), (120, 40)] {
            try screen.resize(width, height)
            guard width >= 80 else { continue }
            try screen.wait("a table as wide as the screen") { text in
                text.contains("llm/openai")
                    && text.split(separator: "\n").contains {
                        $0.hasPrefix("┌") && $0.count == width
                    }
            }
        }
        try screen.press("q")
        try screen.wait(for: "ended 0")
        try expectTheTerminalAsBefore(scratch, screen)
    }
}
