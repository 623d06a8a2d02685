import Foundation
import ResilienceWire
import Sockets
import TestSupport
import Testing

@testable import fusebox

/// For any text from others (a recording, a hub, a theme, a file name), no command prints terminal
/// controls or misleading characters.
@Suite(.timeLimit(.minutes(3))) struct EscapesTests {
    /// A name with every character that a file name can contain.
    static let name = "r" + HostileLines.payload.filter { $0 != "/" }

    static let recordings: [[String]] = [
        ["report", "FILE"], ["export", "FILE", "--csv"], ["export", "FILE", "--json"],
        ["replay", "FILE", "--json"], ["replay", "FILE", "--dump-screen", "140x50"],
        ["replay", "FILE", "--dump-screen", "40x20", "--ascii"],
        ["whatif", "FILE", HostileLines.address, "--max-attempts", "2"],
        ["whatif", "FILE", HostileLines.address, "--max-attempts", "2", "--json"],
        ["whatif", "FILE", "nobody" + HostileLines.address, "--max-attempts", "2"],
    ]

    private func write(_ scratch: Scratch, _ name: String, _ bytes: [UInt8]) throws -> String {
        let path = scratch.file(name)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func check(_ arguments: [String], prints: Bool = true) async throws {
        let running = try Running(Tool.path, arguments)
        let output = try running.output.readToEnd()
        let errors = try running.errors.readToEnd()
        _ = await running.end()
        #expect(HostileLines.unsafe(in: output) == [], "\(arguments)")
        #expect(HostileLines.unsafe(in: errors) == [], "\(arguments)")
        #expect(!prints || !(output + errors).isEmpty, "\(arguments)")
    }

    @Test(arguments: recordings) func outputOfARecordingIsSafe(
        _ arguments: [String]
    ) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let lines =
            [Line(at: 1, .recording(RecordingHeader(fusebox: "0" + HostileLines.payload)))]
            + HostileLines.keyframe + HostileLines.news
        let whole = HostileLines.bytes(lines)
        // The second file ends within a line and has an invalid one: both are reported.
        let bad = Array("{\"t\":\"call\u{9B}\",\"\u{202E}\":\"\n{\"t\":\"delta\",\"s\u{9B}".utf8)
        for (name, bytes) in [("", whole), (Self.name, whole + bad)] {
            let file = try write(scratch, name + "x.ndjson", bytes)
            try await check(arguments.map { $0 == "FILE" ? file : $0 })
        }
    }

    @Test func outputOfAFileThatIsNotARecordingIsSafe() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let file = try write(scratch, Self.name, Array("\u{1B}[2J\n".utf8))
        for command in ["report", "export"] { try await check([command, file]) }
        for command in ["report", "export"] { try await check([command, file + "no"]) }
    }

    static let hubs: [[String]] = [
        ["status"], ["status", "--json"], ["events"], ["events", "--json"], ["alerts"],
        ["alerts", "--json"], ["limit", "list"], ["limit", "list", "--json"],
        ["limit", "list", HostileLines.address], ["limit", "list", "nobody\u{1B}[2J:x"],
        ["breaker", "open", HostileLines.address, "--yes"],
        ["breaker", "open", HostileLines.address, "--yes", "--json"],
        ["breaker", "open", "nobody\u{1B}[2J:x", "--yes"],
        ["breaker", "reset", HostileLines.address, "--dry-run"],
        ["limit", "set", HostileLines.address, "no\u{9B}limit=1", "--dry-run"],
        ["tap", HostileLines.address], ["tap", HostileLines.address, "--json"], ["doctor"],
    ]

    /// A hub behind a `--via` command. It sends a keyframe, answers orders, and ends after a tap.
    private func hub(_ scratch: Scratch) throws -> String {
        let stream = try write(
            scratch, "stream", HostileLines.bytes(HostileLines.keyframe + HostileLines.news))
        let call = Line(
            at: HostileLines.start + 9_000, source: HostileLines.id, HostileLines.call(tap: true))
        let tap = try write(scratch, "call", HostileLines.bytes([call]))
        func status(_ status: CommandStatus.Status) -> String {
            let line = Line(
                at: HostileLines.start + 8_000,
                .commandStatus(
                    CommandStatus(
                        id: "ID", instance: HostileLines.id, status: status,
                        detail: "why" + HostileLines.payload)))
            let done = Line(.commandDone(CommandDone(id: "ID", acked: 0, failed: 1)))
            return String(decoding: HostileLines.bytes([line, done]), as: UTF8.self)
        }
        let refused = try write(scratch, "refused", Array(status(.refused).utf8))
        let acked = try write(scratch, "acked", Array(status(.acked).utf8))
        let script = """
            cat '\(stream)'
            printf 'words\\033[2J\\302\\233\\n' >&2
            while read -r line; do
                id=$(printf %s "$line" | sed 's/.*"id":"\\([^"]*\\)".*/\\1/')
                case "$line" in
                *'"do":"tap"'*) sed "s/\\"ID\\"/\\"$id\\"/" '\(acked)'; cat '\(tap)'; exit ;;
                *'"t":"command"'*) sed "s/\\"ID\\"/\\"$id\\"/" '\(refused)' ;;
                esac
            done
            """
        return "sh '\(try write(scratch, "hub.sh", Array(script.utf8)))'"
    }

    @Test(arguments: hubs) func outputOfAHubIsSafe(_ arguments: [String]) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await check(arguments + ["--via", try hub(scratch)])
    }

    @Test(arguments: [["status"], ["events"], ["alerts"], ["breaker", "open", "*:x", "--yes"]])
    func outputOfAHubThatRefusesOrDisconnectsIsSafe(_ arguments: [String]) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let refusal = Line(
            .error(Refusal(code: "x" + HostileLines.payload, detail: HostileLines.payload)))
        let file = try write(scratch, "refusal", HostileLines.bytes([refusal]))
        let refuses = "sh -c \"cat '\(file)'; cat > /dev/null\""
        let ends = "sh -c 'printf \"\\033[2J\\302\\233\\n\" >&2'"
        for via in [refuses, ends, "eu\u{1B}[2J=\(ends)"] {
            try await check(arguments + ["--via", via])
        }
    }

    @Test func outputOfSeveralHubsIsSafe() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let ends = "sh -c 'printf \"\\033[2J\\302\\233\\n\" >&2'"
        let hubs = ["--via", "eu=\(try hub(scratch))", "--via", "us=\(ends)"]
        for arguments in [["status"], ["status", "--json"], ["limit", "list"]] {
            try await check(arguments + hubs)
        }
    }

    @Test func outputOfAThemeAndItsNameIsSafe() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let directory = scratch.file("config/fusebox/themes")
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        let yaml = """
            "\\e]52;c;QQ==\\a\\e[2Jkey": 1
            extends: "\\x9b\\u202e"
            background: "a\\rb\\e[2J"
            roles: { "o\\e[2J": 1, open: { fg: "\\e[31m" } }
            glyphs: { open: "\\e" }
            """
        let file = "\(directory)/\(Self.name).yaml"
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: file))
        let environment = ["XDG_CONFIG_HOME": scratch.file("config")]
        for arguments in [
            ["theme", "check", file], ["theme", "list"], ["theme", "show", file],
            ["theme", "show", "no\u{1B}[2J"], ["theme", "check", file + "\u{1B}none"],
        ] {
            let running = try Running(Tool.path, arguments, environment)
            let (output, errors) = (
                try running.output.readToEnd(), try running.errors.readToEnd()
            )
            _ = await running.end()
            #expect(HostileLines.unsafe(in: output + "\n" + errors) == [], "\(arguments)")
            #expect(!(output + errors).isEmpty)
        }
    }

    @Test func errorsOfAnInvalidConfigAreSafe() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        _ = try scratch.configure("\"\\e[2J\\x9b\": 1\n")
        let hub = try Running(
            Tool.path, ["hub", "--socket-dir", scratch.sockets.path],
            ["XDG_STATE_HOME": scratch.file("state"), "XDG_CONFIG_HOME": scratch.file("config")])
        let (output, errors) = (try hub.output.readToEnd(), try hub.errors.readToEnd())
        #expect(await hub.end() != 0)
        #expect(errors.contains("unknown key"))
        #expect(HostileLines.unsafe(in: output + "\n" + errors) == [])
    }

    @Test(arguments: [
        ("a", "a"), ("a,b", "\"a,b\""), ("a\rb", "\"a\rb\""), ("a\nb", "\"a\nb\""),
        ("a\r\nb", "\"a\r\nb\""), ("a\"b", "\"a\"\"b\""), ("a;=1", "\"a;=1\""), ("=1", "'=1"),
        ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\t=1", "\"'\t=1\""), ("\r=1", "\"'\r=1\""),
        ("\r\n=1", "\"'\r\n=1\""), (" =1", "' =1"), ("\ta", "\"'\ta\""), ("", ""), ("a=1", "a=1"),
    ]) func csvFieldIsQuotedAndNeverAFormula(field: String, csv: String) {
        #expect(Array(CSVField.text(field).utf8) == Array(csv.utf8))
    }
}
