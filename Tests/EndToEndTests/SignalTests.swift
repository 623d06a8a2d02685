import Foundation
import TestSupport
import Testing

/// The table of `Signals.md`, row by row: `stty -a` prints the same before and after, and the shell
/// has its screen back.
@Suite(.serialized, .timeLimit(.minutes(3))) struct SignalTests {
    /// Starts the dashboard with its own hub.
    ///
    /// If Swift's backtrace printer is installed, it would ask a question, so it is turned off.
    func watch() throws -> TerminalSession {
        let session = try TerminalSession(
            "SWIFT_BACKTRACE=interactive=no exec FUSEBOX watch HUB")
        try session.screen.wait(for: "q quit")
        return session
    }

    /// Expects that the shell's former screen is shown, and nothing of the dashboard.
    func expectTheShellsScreen(_ session: TerminalSession) throws {
        let text = try session.screen.wait(for: "ready$")
        #expect(!text.contains("┌Strategies"))
        try session.expectTheTerminalAsBefore()
    }

    func end(by number: Int32) throws {
        let session = try watch()
        defer { session.remove() }
        kill(try session.pid, number)
        try session.ends(with: 128 + number)
        try expectTheShellsScreen(session)
    }

    @Test func terminationRestoresTheTerminal() throws { try end(by: SIGTERM) }

    @Test func hangupRestoresTheTerminal() throws { try end(by: SIGHUP) }

    @Test func interruptRestoresTheTerminal() throws { try end(by: SIGINT) }

    @Test func quitRestoresTheTerminal() throws { try end(by: SIGQUIT) }

    /// The crash handler restores the terminal before the process dies of the same signal.
    @Test func crashRestoresTheTerminal() throws { try end(by: SIGSEGV) }

    @Test func abortRestoresTheTerminal() throws { try end(by: SIGABRT) }

    @Test(arguments: [("C-c", 130), ("C-\\", 131)])
    func terminalsOwnSignalKeysEndTheDashboard(_ key: String, _ status: Int32) throws {
        let session = try watch()
        defer { session.remove() }
        try session.screen.press(key)
        try session.ends(with: status)
        try expectTheShellsScreen(session)
    }

    /// The flow control keys that stop and start a terminal's output have no effect; the next key
    /// is processed at once.
    @Test func controlSDoesNotStopTheScreen() throws {
        let session = try watch()
        defer { session.remove() }
        try session.screen.press("C-s", "C-v", "C-o", "?")
        try session.screen.wait(for: "force the breaker open")
        try session.screen.press("Escape", "q")
        try session.ends(with: 0)
        try expectTheShellsScreen(session)
    }

    /// Like a serial line, which has no size of its own.
    @Test func terminalWithoutASizeUsesTheEnvironmentsSize() throws {
        let session = try TerminalSession(
            "stty rows 0 cols 0; LINES=20 COLUMNS=70 exec FUSEBOX watch HUB")
        defer { session.remove() }
        let text = try session.screen.wait(for: "q quit")
        #expect(text.split(separator: "\n").map(\.count).max() == 70)
        try session.screen.press("q")
        try session.ends(with: 0)
    }

    @Test func terminalSizeOverridesTheEnvironmentsSize() throws {
        let session = try TerminalSession("LINES=10 COLUMNS=40 exec FUSEBOX watch HUB")
        defer { session.remove() }
        let text = try session.screen.wait(for: "q quit")
        #expect(text.split(separator: "\n").map(\.count).max() == 80)
        try session.screen.resize(100, 30)
        try session.screen.wait("the new size") { text in
            text.split(separator: "\n").contains { $0.hasPrefix("│") && $0.count == 100 }
        }
        try session.screen.press("q")
        try session.ends(with: 0)
    }

    @Test(arguments: ["signal", "C-z"])
    func suspendRestoresTheTerminalAndResumeRedrawsIt(by means: String) throws {
        let session = try watch()
        defer { session.remove() }
        // The shell's job is the `sh` that became the dashboard.
        if means == "signal" {
            kill(try session.pid, SIGTSTP)
        } else {
            try session.screen.press(means)
        }
        try session.screen.wait(for: "Stopped")
        try expectTheShellsScreen(session)
        try session.screen.enter("clear; fg; echo \"left $?\"")
        try session.screen.wait(for: "q quit")
        try session.screen.wait(for: "┌Strategies")
        try session.screen.press("?")
        try session.screen.wait("help is shown") { $0.lowercased().contains("help") }
        try session.screen.press("Escape", "q")
        try session.screen.wait(for: "left 0")
        try session.expectTheTerminalAsBefore()
    }

    @Test func dashboardContinuedInTheBackgroundDoesNotTouchTheTerminal() throws {
        let session = try watch()
        defer { session.remove() }
        kill(try session.pid, SIGTSTP)
        try session.screen.wait(for: "Stopped")
        try session.screen.enter("clear; bg; echo still''here")
        try session.screen.wait(for: "stillhere")
        try expectTheShellsScreen(session)
        try session.screen.enter("fg; echo \"left $?\"")
        try session.screen.wait(for: "q quit")
        try session.screen.press("q")
        try session.screen.wait(for: "left 0")
    }

    /// The dashboard holds the end of a pipe; the pipe closes when the dashboard has ended.
    @Test(arguments: ["", "trap \"\" HUP; "])
    func dashboardEndsWithItsTerminal(_ trap: String) throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let fifo = scratch.file("alive")
        #expect(mkfifo(fifo, 0o600) == 0)
        let descriptor = open(fifo, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        defer { close(descriptor) }
        let session = try TerminalSession("\(trap)exec FUSEBOX watch HUB 9>\(fifo)")
        defer { session.remove() }
        try session.screen.wait(for: "q quit")
        var poller = pollfd(fd: descriptor, events: 0, revents: 0)
        let began = ContinuousClock.now
        try session.screen.vanish()
        #expect(poll(&poller, 1, 10_000) == 1)
        #expect(poller.revents & Int16(POLLHUP) != 0)
        print("the terminal gone, the dashboard ended after \(ContinuousClock.now - began)")
    }

    @Test func keysAreReadFromTheTerminalWithoutStandardInput() throws {
        for closed in ["<&-", "</dev/null"] {
            let session = try TerminalSession("exec FUSEBOX watch HUB \(closed)")
            defer { session.remove() }
            try session.screen.wait(for: "q quit")
            try session.screen.press("q")
            try session.ends(with: 0)
            try expectTheShellsScreen(session)
        }
    }

    @Test func dashboardPrintsTheStatusIntoAPipe() throws {
        let session = try TerminalSession("FUSEBOX watch HUB | cat", waitFor: "ended 0")
        defer { session.remove() }
        #expect(session.screen.text.contains("llm/openai"))
        #expect(!session.screen.styledText.contains("┌"))
        try session.expectTheTerminalAsBefore()
    }

    @Test func unknownTerminalTypeIsReportedAndUsed() throws {
        let session = try TerminalSession("TERM=bogus exec FUSEBOX watch HUB")
        defer { session.remove() }
        try session.screen.wait(for: "terminal type bogus is unknown, used as xterm-256color")
        try session.screen.press("q")
        try session.ends(with: 0)
        try expectTheShellsScreen(session)
    }

    @Test func terminalTypeWithoutCursorMovementIsReported() throws {
        let session = try TerminalSession(
            "TERM=dumb exec FUSEBOX watch HUB", waitFor: "cannot place a cursor")
        defer { session.remove() }
        try session.ends(with: 1)
        try session.expectTheTerminalAsBefore()
    }
}
