import Fleet
import Foundation
import ResilienceWire
import Sockets
import TestSupport
import Testing

/// The dashboard as an operator uses it, in a real terminal over real agents.
@Suite(.serialized, .timeLimit(.minutes(2))) struct DashboardScreenTests {
    /// The demo's dashboard in a terminal, between two looks at the terminal's settings.
    func demo(_ scratch: Scratch, _ screen: TmuxScreen) throws {
        try screen.wait(for: "ready$")
        try screen.enter("stty -a > \(scratch.file("before"))")
        // What is typed stands on the screen too, so it does not hold the words that are waited for.
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

    @Test func aBreakerIsOpenedAndResetByHand() async throws {
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

    @Test(arguments: [(SIGTERM, "ended 143"), (SIGHUP, "ended 129"), (SIGINT, "ended 130")])
    func aSignalRestoresTheTerminal(_ signal: (number: Int32, ending: String)) throws {
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
