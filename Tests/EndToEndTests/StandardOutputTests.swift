import Fleet
import Foundation
import Sockets
import TestSupport
import Testing

@testable import fusebox

/// Every command with an output that cannot be written, and with one that is not read.
@Suite(.serialized, .timeLimit(.minutes(3))) struct StandardOutputTests {
    /// Arguments with which each command prints something, for the demo of a scratch directory. A
    /// new command has no row here, and the first test fails.
    private struct Table {
        let scratch: Scratch
        let recording: String

        var rows: [[String]: [String]] {
            let hub = ["--socket-dir", scratch.sockets.path]
            let order = ["--yes"] + hub
            let other = ["--socket-dir", scratch.file("other")]
            return [
                ["watch"]: hub, ["status"]: hub, ["events"]: hub, ["alerts"]: hub, ["doctor"]: hub,
                ["demo"]: ["--headless", "--agents", "1", "--for", "1s"] + other,
                ["hub"]: ["--idle-exit", "1s", "--socket-dir", scratch.file("third")],
                ["breaker", "open"]: ["auth:auth/ldap", "--for", "1s"] + order,
                ["breaker", "reset"]: ["auth:auth/ldap", "--dry-run"] + order,
                ["breaker", "half-open"]: ["auth:auth/ldap", "--dry-run"] + order,
                ["breaker", "disable"]: ["auth:auth/ldap", "--dry-run"] + order,
                ["breaker", "enable"]: ["auth:auth/ldap", "--dry-run"] + order,
                ["limit", "list"]: hub,
                ["limit", "set"]: ["auth:auth/ldap", "max_attempts=2", "--json"] + order,
                ["limit", "auto"]: ["auth:auth/ldap", "max_attempts"] + order,
                ["tap"]: ["auth:auth/ldap", "--for", "5s"] + order,
                ["pipe"]: ["view"] + hub,
                ["record"]: [scratch.file("r.ndjson"), "--for", "1s", "--json"] + hub,
                ["replay"]: [recording, "--json"], ["export"]: [recording], ["report"]: [recording],
                ["whatif"]: [recording, "py:search", "--max-attempts", "2"],
                ["theme", "list"]: [], ["theme", "show"]: ["default"], ["theme", "check"]: [],
            ]
        }
    }

    /// Commands that print nothing: the processes of the demo.
    private static let silent: Set<[String]> = [["demo-agent"]]

    @Test func everyCommandReportsAFailedWriteToStandardOutput() async throws {
        try await withDemo { table in
            for (command, arguments) in table.rows {
                let end = try await Self.run(command + arguments, into: Self.full())
                #expect(end.status == 1, "\(command): \(end)")
                #expect(
                    end.errors.contains("fusebox: cannot write to standard output: No space left"),
                    "\(command): \(end)")
            }
            let rows = Set(table.rows.keys)
            #expect(Set(CommandTree.leaves) == rows.union(Self.silent))
        }
    }

    @Test func everyCommandEndsSilentlyWhenItsReaderGoesAway() async throws {
        try await withDemo { table in
            for (command, arguments) in table.rows {
                let end = try await Self.run(command + arguments, into: Self.unread())
                #expect(end.status == 0, "\(command): \(end)")
                #expect(!end.errors.contains("cannot write"), "\(command): \(end)")
            }
        }
    }

    @Test(arguments: [
        ["--help"], ["--version"], ["help"], ["help", "status"], ["--experimental-dump-help"],
        ["--generate-completion-script", "bash"], ["--generate-completion-script", "zsh"],
        ["--generate-completion-script", "fish"],
    ])
    func helpVersionAndCompletionsReportAFailedWrite(_ arguments: [String]) async throws {
        let full = try await Self.run(arguments, into: Self.full())
        #expect(full.status == 1 && full.errors.contains("No space left"))
        let unread = try await Self.run(arguments, into: Self.unread())
        #expect(unread.status == 0 && unread.errors == "")
        let read = try Running(Tool.path, arguments)
        #expect(try !read.output.readToEnd().isEmpty)
        #expect(await read.end() == 0)
    }

    @Test func helpOfEveryCommandReportsAFailedWrite() async throws {
        for command in CommandTree.leaves {
            let end = try await Self.run(command + ["--help"], into: Self.full())
            #expect(end.status == 1 && end.errors.contains("No space left"), "\(command)")
        }
    }

    @Test func closedStandardOutputIsAnErrorAndClosedInputIsNot() async throws {
        func run(_ redirections: String) async throws -> (status: Int32, errors: String) {
            let running = try Running(
                "/bin/sh", ["-c", "exec \"$0\" theme list \(redirections)", Tool.path])
            let errors = try running.errors.readToEnd()
            return (await running.end(), errors)
        }
        let closed = try await run(">&-")
        #expect(closed.status == 1)
        #expect(closed.errors.contains("cannot write to standard output: Bad file descriptor"))
        #expect(try await run("<&-").status == 0)
    }

    // MARK: - Outputs

    private static func full() throws -> FileHandle {
        try #require(FileHandle(forWritingAtPath: "/dev/full"))
    }

    /// A pipe whose reader has closed it.
    private static func unread() throws -> FileHandle {
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        return pipe.fileHandleForWriting
    }

    private static func run(
        _ arguments: [String], into output: FileHandle
    ) async throws -> (status: Int32, errors: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["timeout", "30", Tool.path] + arguments
        // For `pipe`, which sends nothing itself and ends with its input.
        let input = Pipe()
        try input.fileHandleForWriting.write(contentsOf: Data(#"{"t":"watch","v":1}"#.utf8 + [10]))
        defer { try? input.fileHandleForWriting.close() }
        process.standardInput = input
        process.standardOutput = output
        let errors = Pipe()
        process.standardError = errors
        let (ended, continuation) = AsyncStream<Int32>.makeStream()
        process.terminationHandler = { continuation.yield($0.terminationStatus) }
        try process.run()
        let words = try errors.fileHandleForReading.readToEnd() ?? Data()
        for await status in ended { return (status, String(decoding: words, as: UTF8.self)) }
        return (-1, "")
    }

    private func withDemo(_ body: (Table) async throws -> Void) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let demo = try scratch.demo()
        let viewer = try await scratch.viewer()
        try await viewer.wait { fleet in
            fleet.agents.count == 6 && fleet.agents.values.allSatisfy { !$0.strategies.isEmpty }
        }
        let recording = scratch.file("calls.ndjson")
        try Self.calls.write(toFile: recording, atomically: true, encoding: .utf8)
        try await body(Table(scratch: scratch, recording: recording))
        demo.signal(SIGTERM)
        _ = await demo.end()
    }

    /// A recording with one failed call.
    private static let calls = """
        {"t":"recording","v":1,"at":1800000000000,"fusebox":"0.1.0"}
        {"t":"agent_up","at":1800000000000,"agent":"py","instance":"\(instance)","pid":1,"client":"x"}
        {"t":"strategy","at":1800000000000,"agent":"py","instance":"\(instance)","s":"search","kind":"retry"}
        {"t":"call","at":1800000001000,"agent":"py","instance":"\(instance)","s":"search","end":"failed","attempts":3,"us":1200,"errors":["Timeout"]}

        """
    private static let instance = String(repeating: "1", count: 32)
}
