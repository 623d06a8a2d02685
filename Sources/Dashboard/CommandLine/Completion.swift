/// The possible completions of a command line.
struct Completion: Sendable {
    /// The possible values of each kind of argument.
    let values: [CommandWord.Argument: [String]]

    /// Splits a line into the part that stays and the candidates for its last word.
    func candidates(for text: String) -> (stem: String, words: [String]) {
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            let names = CommandWord.all.filter { $0.name.hasPrefix(text) }
            return ("", names.map { $0.argument == nil ? $0.name : $0.name + " " })
        }
        guard let word = CommandWord.all.first(where: { $0.name == parts[0] }),
            let argument = word.argument
        else { return (text, []) }
        var stem = "\(parts[0]) "
        var begun = String(parts[1])
        // Complete only the last word of a filter. Other arguments are one name, which may contain
        // blanks.
        if argument == .filter, let blank = begun.lastIndex(of: " ") {
            stem += begun[...blank]
            begun = String(begun[begun.index(after: blank)...])
        }
        let words = (values[argument] ?? []).filter {
            $0.lowercased().hasPrefix(begun.lowercased())
        }
        return (stem, words)
    }

    /// The longest common prefix of the words.
    static func common(_ words: [String]) -> String {
        guard var common = words.first else { return "" }
        for word in words.dropFirst() {
            while !word.hasPrefix(common) { common.removeLast() }
        }
        return common
    }
}
