import Fleet

/// A parsed command line, as typed after `:`.
enum ViewCommand: Equatable, Sendable {
    /// The intent of a key.
    case intent(Intent)
    /// Show the details of the selected row, also of a folded row.
    case detail
    case filter(String)
    case sort(Sort.Key)
    case group(Grouping)
    case errors(of: String)
    case limits(String)
    case agent(String)
    case theme(String)
    case record(String)
    case stopRecording
    /// Show times in UTC or not; `nil` toggles.
    case utc(Bool?)
    /// Go to a time of the recording.
    case at(String)
    case lock

    /// The error for a line that is not a command, with a message that says what was expected.
    struct ParseError: Error, Equatable {
        let words: String
    }

    /// Parses a line: a command word or an unambiguous prefix, then its argument.
    init(_ line: String) throws(ParseError) {
        let parts = line.split(separator: " ", maxSplits: 1)
        let word = try Self.word(String(parts.first ?? ""))
        let rest = parts.count > 1 ? String(parts[1]).trimmed : ""
        switch (word.purpose, word.argument) {
        case (.intent(.enter), _) where rest.isEmpty: self = .detail
        case (.intent(let intent), .some) where rest.isEmpty: self = .intent(intent)
        case (.intent, .filter): self = .filter(rest)
        case (.intent, .sort): self = .sort(try Self.choice(rest, after: word))
        case (.intent, .grouping): self = .group(try Self.choice(rest, after: word))
        case (.intent, .errorType): self = .errors(of: rest)
        case (.intent, .limit): self = .limits(rest)
        case (.utc, _):
            guard ["", "on", "off"].contains(rest) else {
                throw ParseError(words: "'\(rest)' is not valid; expected on or off")
            }
            self = .utc(rest.isEmpty ? nil : rest == "on")
        case (.at, _):
            guard !rest.isEmpty else {
                throw ParseError(words: "missing time; expected for example 14:02, +90s, -5m, 35%")
            }
            self = .at(rest)
        case (.agent, _), (.theme, _):
            guard !rest.isEmpty else {
                throw ParseError(words: "\(word.name) needs a name; Tab lists them")
            }
            self = word.purpose == .agent ? .agent(rest) : .theme(rest)
        case (.record, _):
            guard !rest.isEmpty else {
                throw ParseError(words: "record needs a file name, or: stop")
            }
            self = rest == "stop" ? .stopRecording : .record(rest)
        case (.intent, _), (.lock, _):
            guard rest.isEmpty else {
                throw ParseError(words: "'\(word.name)' takes no argument, not '\(rest)'")
            }
            if case .intent(let intent) = word.purpose {
                self = .intent(intent)
            } else {
                self = .lock
            }
        }
    }

    private static func word(_ text: String) throws(ParseError) -> CommandWord {
        if let word = CommandWord.all.first(where: { $0.name == text }) { return word }
        let begun = CommandWord.all.filter { $0.name.hasPrefix(text) }
        if begun.count == 1 { return begun[0] }
        let names = begun.isEmpty ? CommandWord.all.map(\.name) : begun.map(\.name)
        if begun.count > 1 {
            throw ParseError(words: "'\(text)' is ambiguous: \(names.joined(separator: ", "))")
        }
        let near = Nearest.name(to: text, among: names).map { "; did you mean '\($0)'?" }
        throw ParseError(words: "there is no command '\(text)'\(near ?? "; ? lists them")")
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ text: String, after word: CommandWord
    ) throws(ParseError) -> Choice {
        if let choice = Choice(rawValue: text) { return choice }
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw ParseError(words: "'\(word.name) \(text)': expected one of \(names)")
    }
}

extension String {
    /// The text without blanks at both ends.
    fileprivate var trimmed: String {
        let start = drop { $0 == " " }
        return String(
            start.prefix(
                (start.lastIndex { $0 != " " }.map {
                    start.distance(from: start.startIndex, to: $0) + 1
                }) ?? 0))
    }
}
