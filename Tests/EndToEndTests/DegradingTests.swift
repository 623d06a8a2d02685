import Foundation
import Screen
import Sockets
import TestSupport
import Testing

/// In every kind of terminal, the dashboard starts, is readable and restores the terminal.
@Suite(.serialized, .timeLimit(.minutes(3))) struct DegradingTests {
    /// The environment of a terminal, and the expected dashboard.
    struct Surroundings: Sendable, CustomTestStringConvertible {
        let environment: String
        var arguments = ""
        let frame: String
        let colors: Colors
        var notice: String?

        enum Colors { case none, ansi, palette256 }

        var testDescription: String { environment + arguments }
    }

    static let all = [
        Surroundings(environment: "TERM=tmux-256color", frame: "┌Strategies", colors: .palette256),
        Surroundings(environment: "TERM=xterm-256color", frame: "┌Strategies", colors: .palette256),
        Surroundings(environment: "TERM=screen", frame: "┌Strategies", colors: .ansi),
        Surroundings(environment: "TERM=linux", frame: "┌Strategies", colors: .ansi),
        Surroundings(environment: "TERM=vt100", frame: "┌Strategies", colors: .none),
        Surroundings(environment: "TERM=xterm-mono", frame: "┌Strategies", colors: .none),
        Surroundings(
            environment: "TERM=bogus", frame: "┌Strategies", colors: .palette256,
            notice: "terminal type bogus is unknown, used as xterm-256color"),
        Surroundings(environment: "NO_COLOR=1", frame: "┌Strategies", colors: .none),
        Surroundings(
            environment: "LC_ALL= LC_CTYPE= LANG=xx_YY.UTF-8", frame: "┌Strategies",
            colors: .palette256),
        Surroundings(
            environment: "LC_ALL=xx_YY", frame: "+Strategies", colors: .palette256,
            notice: "the locale 'xx_YY' is not installed: drawn in ASCII"),
        Surroundings(environment: "LC_ALL= LANG=C", frame: "+Strategies", colors: .palette256),
        Surroundings(
            environment: "TERM=vt100", arguments: " --ascii", frame: "+Strategies", colors: .none),
        Surroundings(
            environment: "TERM=tmux-256color", arguments: " --theme monochrome",
            frame: "┌Strategies",
            colors: .none),
    ]

    @Test(arguments: all)
    func dashboardStartsAndExitsInEveryTerminal(in surroundings: Surroundings) throws {
        let command = "\(surroundings.environment) exec FUSEBOX watch HUB\(surroundings.arguments)"
        let session = try TerminalSession(command)
        defer { session.remove() }
        let screen = session.screen
        let text = try screen.wait("states in words, in a frame", seconds: 10) {
            $0.contains("CLOSED") && $0.contains(surroundings.frame)
        }
        if surroundings.frame == "+Strategies" { #expect(text.utf8.allSatisfy { $0 < 128 }) }
        if let notice = surroundings.notice { try screen.wait(for: notice, seconds: 10) }
        let styled = screen.styledText
        #expect(styled.contains("\u{1B}[1m") || styled.contains("[0;1m"), "nothing is bold")
        #expect(styled.contains(/\[[\d;]*38;5;/) == (surroundings.colors == .palette256))
        #expect(styled.contains(/\[(\d+;)*3[0-7][;m]/) == (surroundings.colors == .ansi))
        try screen.press("q")
        try session.ends(with: 0)
        try session.expectTheTerminalAsBefore()
    }

    @Test func themeBackgroundFillsTheScreen() throws {
        let session = try TerminalSession("exec FUSEBOX watch HUB --theme gruvbox")
        defer { session.remove() }
        try session.screen.wait(for: "CLOSED")
        // tmux prints a colour only where it changes.
        let styled = session.screen.styledText
        #expect(styled.hasPrefix("\u{1B}[38;5;223m\u{1B}[48;5;234m"), "\(styled.prefix(60))")
        #expect(!styled.contains("[49m"), "\(styled)")
        try session.screen.press("q")
        try session.ends(with: 0)
        try session.expectTheTerminalAsBefore()
    }

    /// The terminal's widths of wide characters, combining marks and unknown characters agree with
    /// the widths that the columns assume.
    @Test func wideCharactersInNamesKeepTheColumns() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub()
        let python = try scratch.rawAgent(
            saying: """
                {"t": "hello", "v": 1, "agent": "漢字係", "instance": "ab" * 16, "pid": 1, "client": "x"},
                {"t": "strategy", "s": "決済/線", "kind": "retry"},
                {"t": "strategy", "s": "e\\u0301te\\u0301/\\u00df", "kind": "retry"},
                {"t": "strategy", "s": "plain", "kind": "retry"},
                """)
        let screen = try TmuxScreen(scratch, width: 100, height: 24)
        try screen.wait(for: "ready$")
        try screen.enter("\(Tool.path) watch --socket-dir \(scratch.sockets)")
        // The screen is painted from the top: a new first row does not mean that the others are
        // new.
        let text = try screen.wait("all rows", seconds: 10) { text in
            text.contains("plain") && text.contains("決済/線") && !text.contains("Swift")
        }
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("│") && $0.contains("漢字係") }
        #expect(rows.count >= 3)
        for row in rows {
            #expect(DisplayWidth.of(String(row)) == 100, "\(row)")
            #expect(row.last == "│", "\(row)")
        }
        #expect(text.contains("決済/線"))
        try screen.press("q")
        python.signal(SIGKILL)
        hub.signal(SIGTERM)
        _ = await hub.end()
    }
}
