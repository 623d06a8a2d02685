/// The first word of a command line, with its effect and its argument.
struct CommandWord: Sendable {
    /// The effect of the word.
    enum Purpose: Equatable, Sendable {
        /// The same as a key.
        case intent(Intent)
        case agent, theme, record, utc, at, lock
    }

    /// The kind of argument that may follow the word.
    enum Argument: Hashable, Sendable {
        case filter, sort, grouping, errorType, limit, agent, theme, file, onOff, time

        /// The name of the argument in the help.
        var name: String {
            switch self {
            case .filter: "WORDS"
            case .sort: "BY"
            case .grouping: "BY"
            case .errorType: "TYPE"
            case .limit, .agent, .theme: "NAME"
            case .file: "FILE|stop"
            case .onOff: "on|off"
            case .time: "TIME"
            }
        }
    }

    let name: String
    let purpose: Purpose
    var argument: Argument?
    let help: String

    /// All words: those with the effect of a key, and those that are only commands.
    static let all: [CommandWord] =
        KeyTable.bindings.compactMap { binding in
            binding.command.map {
                CommandWord(
                    name: $0, purpose: .intent(binding.intent), argument: binding.argument,
                    help: binding.help)
            }
        } + only

    /// The words whose effect no key has.
    static let only: [CommandWord] = [
        CommandWord(
            name: "agent", purpose: .agent, argument: .agent,
            help: "show one agent's strategies; Esc: all"),
        CommandWord(
            name: "theme", purpose: .theme, argument: .theme, help: "draw with another theme"),
        CommandWord(
            name: "record", purpose: .record, argument: .file,
            help: "record to a new file until :record stop"),
        CommandWord(
            name: "utc", purpose: .utc, argument: .onOff, help: "times in UTC, or in local time"),
        CommandWord(
            name: "at", purpose: .at, argument: .time,
            help: "go to a time: 14:02, +90s, -5m, 35%"),
        CommandWord(
            name: "lock", purpose: .lock, help: "no actions on agents until restart: READ ONLY"),
    ]
}
