import Screen

/// The binding of one or several keys to an intent, with its help text.
struct Binding: Sendable {
    /// The modes in which a key works.
    enum Use: Equatable, Sendable {
        case always, replay, live
    }

    let intent: Intent
    let keys: [Key]
    /// The keys as displayed.
    let name: String
    /// The description for the help.
    let help: String
    /// The short description for the key bar; `nil` if the key is not shown there.
    var short: String?
    /// The command word with the same effect; `nil` for the key that starts a command line, and for
    /// digits.
    var command: String?
    /// The argument of the command word.
    var argument: CommandWord.Argument?
    var use = Use.always
}

/// The table of all keys, used for dispatch, the key bar and the help.
enum KeyTable {
    /// The bindings in the order of the key bar and the help. The update handles `gg` (two keys)
    /// and digits (a position) itself.
    static let bindings: [Binding] = [
        Binding(
            intent: .open, keys: [.character("o")], name: "o",
            help: "force the breaker open, for a time", short: "open", command: "open", use: .live),
        Binding(
            intent: .reset, keys: [.character("r")], name: "r",
            help: "reset the breaker: closed, counts cleared", short: "reset", command: "reset",
            use: .live),
        Binding(
            intent: .probe, keys: [.character("p")], name: "p",
            help: "probe now: half open", short: "probe", command: "probe", use: .live),
        Binding(
            intent: .limits, keys: [.character("m")], name: "m",
            help: "limits: values and bounds; set or release", short: "limits",
            command: "limits", argument: .limit, use: .live),
        Binding(
            intent: .enter, keys: [.enter], name: "Enter",
            help: "unfold a row, show an agent, or show details", short: "detail",
            command: "detail"),
        Binding(
            intent: .nextProblem, keys: [.character("!")], name: "!",
            help: "go to the next problem, worst first", short: "next", command: "next"),
        Binding(
            intent: .errors, keys: [.character("e")], name: "e",
            help: "show the row's top error; again: next error",
            command: "errors", argument: .errorType),
        Binding(
            intent: .earlier, keys: [.character("(")], name: "(",
            help: "go to the row of the previous transition", command: "earlier"),
        Binding(
            intent: .later, keys: [.character(")")], name: ")",
            help: "go to the row of the next transition", command: "later"),
        Binding(
            intent: .earlierCommand, keys: [.character("{")], name: "{",
            help: "go to the previous command", command: "earlier-command", use: .replay),
        Binding(
            intent: .laterCommand, keys: [.character("}")], name: "}",
            help: "go to the next command", command: "later-command", use: .replay),
        Binding(
            intent: .earlierAlert, keys: [.character("[")], name: "[",
            help: "go to the previous alert", command: "earlier-alert", use: .replay),
        Binding(
            intent: .laterAlert, keys: [.character("]")], name: "]",
            help: "go to the next alert", command: "later-alert", use: .replay),
        Binding(
            intent: .filter, keys: [.character("/")], name: "/",
            help: "filter: words, state:open agent:x err:x target:x", short: "filter",
            command: "filter", argument: .filter),
        Binding(
            intent: .sort, keys: [.character("s")], name: "s",
            help: "sort by risk, name, served, failures with rejections, tries", short: "sort",
            command: "sort",
            argument: .sort),
        Binding(
            intent: .reverse, keys: [.character("S")], name: "S", help: "reverse the order",
            command: "reverse"),
        Binding(
            intent: .group, keys: [.character("b")], name: "b",
            help: "group by strategy over agents, by target, by agent", short: "group",
            command: "group", argument: .grouping),
        Binding(
            intent: .pause, keys: [.character(" ")], name: "space",
            help: "pause the view, not the agents; again: continue", short: "pause",
            command: "pause"),
        Binding(
            intent: .step, keys: [.character(".")], name: ".",
            help: "one step forward", short: "step", command: "step", use: .replay),
        Binding(
            intent: .stepBack, keys: [.character(",")], name: ",",
            help: "one step back; live: back in time, End: now", short: "back",
            command: "step-back"),
        Binding(
            intent: .slower, keys: [.character("<")], name: "<",
            help: "half the speed", short: "slower", command: "slower", use: .replay),
        Binding(
            intent: .faster, keys: [.character(">")], name: ">",
            help: "twice the speed; above 64x: max", short: "faster", command: "faster",
            use: .replay),
        Binding(
            intent: .seek, keys: [], name: "0 to 9",
            help: "go to 0 to 90% of the recording; also :at 35%", use: .replay),
        Binding(
            intent: .move(.up), keys: [.up, .character("k")], name: "k up", help: "one line up",
            command: "up"),
        Binding(
            intent: .move(.down), keys: [.down, .character("j")], name: "j down",
            help: "one line down", command: "down"),
        Binding(
            intent: .fold, keys: [.left, .character("h")], name: "h left",
            help: "fold the row", command: "fold"),
        Binding(
            intent: .unfold, keys: [.right, .character("l")], name: "l right",
            help: "unfold the row", command: "unfold"),
        Binding(
            intent: .move(.pageUp), keys: [.pageUp, .control("b")], name: "PageUp",
            help: "one page up", command: "page-up"),
        Binding(
            intent: .move(.pageDown), keys: [.pageDown, .control("f")], name: "PageDown",
            help: "one page down", command: "page-down"),
        Binding(
            intent: .move(.first), keys: [.home], name: "gg Home", help: "go to the first line",
            command: "first"),
        Binding(
            intent: .move(.last), keys: [.end, .character("G")], name: "G End",
            help: "go to the last line", command: "last"),
        Binding(
            intent: .nextPane, keys: [.tab, .backTab], name: "Tab",
            help: "table or journal", command: "pane"),
        Binding(
            intent: .back, keys: [.escape], name: "Esc",
            help: "back; on the main screen: clear the filter", command: "back"),
        Binding(
            intent: .copyAddress, keys: [.character("y")], name: "y",
            help: "copy the row's address", command: "copy"),
        Binding(
            intent: .copyRow, keys: [.character("Y")], name: "Y",
            help: "copy the row as Markdown", command: "copy-row"),
        Binding(
            intent: .command, keys: [.character(":")], name: ":",
            help: "command line: Tab completes, up and down recall", short: "command"),
        Binding(
            intent: .help, keys: [.character("?")], name: "?", help: "this help", short: "help",
            command: "help"),
        Binding(
            intent: .quit, keys: [.character("q"), .control("c")], name: "q",
            help: "quit; hub and agents continue", short: "quit", command: "quit"),
    ]

    /// The position on the seek bar that a digit key selects, in tenths.
    static func tenths(of key: Key) -> Int? {
        guard case .character(let digit) = key, digit.isASCII else { return nil }
        return digit.wholeNumberValue
    }

    /// The intent of a key; `nil` if it has none in this mode.
    static func intent(of key: Key, isReplay: Bool) -> Intent? {
        bindings.first { $0.keys.contains(key) && $0.isOfUse(isReplay: isReplay) }?.intent
    }
}

extension Binding {
    /// Whether the key works in this mode. In a replay, actions on agents still answer with a
    /// message.
    fileprivate func isOfUse(isReplay: Bool) -> Bool {
        switch use {
        case .always, .live: true
        case .replay: isReplay
        }
    }

    /// Whether the key bar shows the key in this mode.
    func isShown(isReplay: Bool, mayControl: Bool) -> Bool {
        switch use {
        case .always: true
        case .replay: isReplay
        case .live: !isReplay && mayControl
        }
    }
}
