import ResilienceWire
import TestSupport
import Testing

@testable import fusebox

/// Invalid command lines: the error, the usage of the command, and exit status 64.
@Suite struct WrongWordsTests {
    private func run(_ words: [String]) async throws -> (status: Int32, lines: [String]) {
        let running = try Running(Tool.path, words)
        let errors = try running.errors.readToEnd()
        #expect(try running.output.readToEnd() == "")
        return (await running.end(), errors.split(separator: "\n").map(String.init))
    }

    @Test(arguments: [
        ("stats", "'fusebox' has no command 'stats'; did you mean 'status'?", "fusebox <"),
        ("recrod", "'fusebox' has no command 'recrod'; did you mean 'record'?", "fusebox <"),
        (
            "breaker opne a:b", "'fusebox breaker' has no command 'opne'; did you mean 'open'?",
            "fusebox breaker <"
        ),
        (
            "help breaker xyzzyx",
            "'fusebox breaker' has no command 'xyzzyx'; expected one of open, reset, half-open, "
                + "disable, enable",
            "fusebox breaker <"
        ),
        (
            "help status x", "'fusebox status' has no command 'x'; it has no subcommands",
            "fusebox status ["
        ),
        (
            "theme shwo", "'fusebox theme' has no command 'shwo'; did you mean 'show'?",
            "fusebox theme <"
        ),
        ("--ascii staus", "'fusebox' has no command 'staus'; did you mean 'status'?", "fusebox <"),
        (
            "--socket-dir /tmp status", "the options of 'status' go after it: fusebox status ...",
            "fusebox <"
        ),
        (
            "breaker open noaddress",
            "'noaddress' is not an address; expected AGENT:STRATEGY, AGENT@INSTANCE:STRATEGY or "
                + "*:STRATEGY",
            "fusebox breaker open ["
        ),
        ("alerts foo", "Unexpected argument 'foo'", "fusebox alerts ["),
    ])
    func errorStatesWhatWasExpected(_ words: String, _ error: String, _ usage: String) async throws
    {
        let end = try await run(words.split(separator: " ").map(String.init))
        #expect(end.status == 64)
        #expect(end.lines.first == "Error: \(error)")
        #expect(end.lines.dropFirst().first?.hasPrefix("Usage: \(usage)") == true, "\(end)")
    }

    /// The same invalid option for every command.
    @Test func eachErrorShowsTheUsageOfItsOwnCommand() async throws {
        for command in CommandTree.leaves {
            let end = try await run(command + ["--no-such-option"])
            let name = "fusebox \(command.joined(separator: " "))"
            #expect(end.status == 64)
            #expect(
                end.lines.contains { $0.hasPrefix("Usage: \(name) ") || $0 == "Usage: \(name)" })
            #expect(end.lines.last == "  See '\(name) --help' for more information.")
        }
    }

    @Test func helpExistsForEveryCommandAndNoOther() async throws {
        for command in CommandTree.leaves {
            let running = try Running(Tool.path, ["help"] + command)
            #expect(try running.output.readToEnd().contains("USAGE: fusebox \(command[0])"))
            #expect(await running.end() == 0)
            #expect(try await run(["help"] + command + ["nosuch"]).status == 64)
        }
    }

    @Test func ordersAreDescribedAsPhrases() {
        let orders: [(Order, String)] = [
            (.open(forMS: 900_000), "force the breaker open for 15m"),
            (.open(forMS: nil), "force the breaker open until it is reset"),
            (.reset, "reset the breaker"), (.halfOpen, "let probes through the breaker"),
            (.disable, "disable the breaker"), (.enable, "enable the breaker"),
            (.setLimit(name: "max_attempts", value: 1), "set max_attempts to 1"),
            (.setLimit(name: "max_attempts", value: nil), "release max_attempts"),
            (.tap(forMS: 10_000), "show the calls one by one for 10s"),
        ]
        for (order, words) in orders { #expect(order.phrase == words) }
    }
}
