import Foundation
import Sockets
import TestSupport
import Testing

/// The dashboard with its own hub, in a terminal whose settings are compared before and after.
struct TerminalSession {
    let scratch: Scratch
    let screen: TmuxScreen
    /// The agents.
    private let demo: Running

    /// - Parameter command: the command line to type; `FUSEBOX` stands for the program, `HUB` for
    ///   the option that names the hub.
    init(
        _ command: String, width: Int = 80, height: Int = 24, waitFor wanted: String = "llm/openai"
    )
        throws
    {
        scratch = try Scratch()
        demo = try scratch.demo()
        screen = try TmuxScreen(scratch, width: width, height: height)
        try screen.wait(for: "ready$")
        let line = command.replacing("FUSEBOX", with: Tool.path)
            .replacing("HUB", with: "--socket-dir \(scratch.sockets)")
        let variables = ["XDG_STATE_HOME": "state", "XDG_CONFIG_HOME": "config"]
            .map { "export \($0)=\(scratch.file($1))" }.joined(separator: "; ")
        try screen.enter(
            "ulimit -c 0; unset NO_COLOR; \(variables); stty -a > \(scratch.file("before")); clear")
        // The screen also shows the typed line, so it must not contain the text that the test waits
        // for.
        try screen.enter("sh -c 'echo $$ > \(scratch.file("pid")); \(line)'; echo \"ended $?\"")
        try screen.wait(for: wanted)
    }

    /// The process of the typed command, if it uses `exec`.
    var pid: Int32 {
        get throws {
            let text = try String(contentsOfFile: scratch.file("pid"), encoding: .utf8)
            return try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        }
    }

    /// Waits until the command has ended with a status.
    func ends(with status: Int32) throws {
        try screen.wait(for: "ended \(status)")
    }

    /// Expects the terminal's former settings and its former screen.
    func expectTheTerminalAsBefore(_ sourceLocation: SourceLocation = #_sourceLocation) throws {
        try screen.enter("stty -a > \(scratch.file("after")); echo check''ed")
        try screen.wait(for: "checked")
        let before = try String(contentsOfFile: scratch.file("before"), encoding: .utf8)
        let after = try String(contentsOfFile: scratch.file("after"), encoding: .utf8)
        #expect(before == after, sourceLocation: sourceLocation)
        #expect(before.contains("rows"), sourceLocation: sourceLocation)
    }

    /// Ends the agents and removes all files.
    func remove() {
        demo.signal(SIGTERM)
        scratch.remove()
    }
}
