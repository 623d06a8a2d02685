import ArgumentParser

/// The tree of commands, read from their configurations.
enum CommandTree {
    /// The paths of all commands without subcommands.
    static var leaves: [[String]] { leaves(under: Fusebox.self, at: []) }

    /// The command that the first words of a command line name, and the remaining words.
    static func descend(
        _ arguments: [String], from start: any ParsableCommand.Type = Fusebox.self
    ) -> (command: any ParsableCommand.Type, rest: [String]) {
        var command = start
        var rest = arguments[...]
        while let word = rest.first,
            let next = command.configuration.subcommands.first(where: { $0._commandName == word })
        {
            command = next
            rest = rest.dropFirst()
        }
        return (command, Array(rest))
    }

    /// The names of the visible subcommands of a command.
    static func names(under command: any ParsableCommand.Type) -> [String] {
        command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
            .map { $0._commandName }
    }

    /// The path of a command, starting with the program's name.
    static func path(to command: any ParsableCommand.Type) -> [String] {
        path(to: command, under: Fusebox.self) ?? [Fusebox._commandName]
    }

    private static func path(
        to command: any ParsableCommand.Type, under parent: any ParsableCommand.Type
    ) -> [String]? {
        guard parent != command else { return [parent._commandName] }
        return parent.configuration.subcommands.lazy.compactMap { path(to: command, under: $0) }
            .first.map { [parent._commandName] + $0 }
    }

    private static func leaves(
        under command: any ParsableCommand.Type, at path: [String]
    ) -> [[String]] {
        let subcommands = command.configuration.subcommands
        guard !subcommands.isEmpty else { return [path] }
        return subcommands.flatMap { leaves(under: $0, at: path + [$0._commandName]) }
    }
}
