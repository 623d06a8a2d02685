import DashboardApp
import Foundation
import TestSupport
import Testing

@testable import fusebox

/// The options in `--help`, read from ArgumentParser's description.
@Suite struct HelpOptionTests {
    /// The manual page is generated from `--help`.
    @Test func everyKeyOfTheConfigIsInTheHelpAndTheReadme() async throws {
        let help = try await Tool.run("--help").output
        let readme = try String(
            contentsOf: Tool.root.appending(path: "README.md"), encoding: .utf8)
        for key in Config.keys {
            #expect(help.contains("  \(key)") || help.contains(", \(key)"), "\(key)")
            #expect(readme.contains("`\(key)`"), "\(key)")
        }
    }

    private struct Help: Decodable { let command: Command }

    private struct Command: Decodable {
        let commandName: String
        let shouldDisplay: Bool?
        let discussion: String?
        let arguments: [Argument]?
        let subcommands: [Command]?

        /// This command and all visible commands under it.
        var all: [Command] {
            guard shouldDisplay ?? true else { return [] }
            return [self] + (subcommands ?? []).flatMap(\.all)
        }
    }

    private struct Argument: Decodable {
        struct Name: Decodable { let kind: String, name: String }
        let names: [Name]?
        let shouldDisplay: Bool
        let abstract: String?
        let discussion: String?

        var longNames: [String] {
            (names ?? []).filter { $0.kind == "long" }.map(\.name)
                .filter { !["help", "version"].contains($0) }
        }
    }

    @Test func everyLongOptionHasAnExample() async throws {
        let dump = try await Tool.run("--experimental-dump-help")
        let help = try JSONDecoder().decode(Help.self, from: Data(dump.output.utf8))
        var without: [String] = []
        for command in help.command.all {
            for argument in command.arguments ?? [] where argument.shouldDisplay {
                guard let name = argument.longNames.first else { continue }
                let words = "\(argument.abstract ?? "") \(argument.discussion ?? "")"
                if words.contains("such as") || words.contains("--\(name) ") { continue }
                if command.discussion?.contains("--\(name)") == true { continue }
                without.append("\(command.commandName) --\(name)")
            }
        }
        #expect(help.command.all.count > 20)
        #expect(without == [])
    }
}
