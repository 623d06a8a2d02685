import ArgumentParser
import Dashboard
import Fleet

/// The error message for a wrong command line: the reason, and the usage of the command.
struct InvalidCommandLine: Error, Equatable, CustomStringConvertible {
    /// The whole message.
    let description: String

    /// - Parameters:
    ///   - words: the reason as a sentence.
    ///   - type: the command whose usage is shown.
    init(_ words: String, of type: any ParsableCommand.Type) {
        let path = CommandTree.path(to: type).joined(separator: " ")
        let usage = Fusebox.usageString(for: type)
        description = """
            Error: \(words)
            Usage: \(usage)
              See '\(path) --help' for more information.
            """
    }

    /// Finds an unknown word in the place of a command's name; `nil` for other errors.
    ///
    /// - Parameters:
    ///   - arguments: the command line, without the program.
    ///   - message: the message of ArgumentParser.
    init?(_ arguments: [String], refused message: String) {
        let (command, rest) = CommandTree.descend(arguments)
        let names = CommandTree.names(under: command)
        guard !names.isEmpty else { return nil }
        if let word = rest.first, !word.hasPrefix("-") {
            self = Self.unknown(word, under: command)
        } else if let word = rest.first(where: { message.contains("nexpected argument '\($0)'") }) {
            guard names.contains(word) else {
                self = Self.unknown(word, under: command)
                return
            }
            let path = (CommandTree.path(to: command) + [word]).joined(separator: " ")
            self.init("the options of '\(word)' go after it: \(path) ...", of: command)
        } else {
            return nil
        }
    }

    /// Throws if `help` names a command that does not exist.
    static func checkHelp(_ arguments: [String]) throws(InvalidCommandLine) {
        let (parent, rest) = CommandTree.descend(arguments)
        guard rest.first == "help", !CommandTree.names(under: parent).isEmpty else { return }
        let (command, words) = CommandTree.descend(Array(rest.dropFirst()), from: parent)
        guard let word = words.first(where: { !$0.hasPrefix("-") }) else { return }
        throw unknown(word, under: command)
    }

    private static func unknown(
        _ word: String, under command: any ParsableCommand.Type
    ) -> InvalidCommandLine {
        let names = CommandTree.names(under: command)
        let path = CommandTree.path(to: command).joined(separator: " ")
        let near = Nearest.name(to: word, among: names)
        let advice =
            near.map { "did you mean '\($0)'?" }
            ?? (names.isEmpty
                ? "it has no subcommands"
                : "expected one of \(names.joined(separator: ", "))")
        return InvalidCommandLine("'\(path)' has no command '\(word)'; \(advice)", of: command)
    }
}
