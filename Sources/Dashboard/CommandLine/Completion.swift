/// How a command line can go on.
struct Completion: Sendable {
    /// What may follow a word, by what it is.
    let values: [CommandWord.Argument: [String]]

    /// What stays of the line, and the words that may stand at its end.
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
        // A filter has many words, of which the last one is being typed; a name may hold blanks.
        if argument == .filter, let blank = begun.lastIndex(of: " ") {
            stem += begun[...blank]
            begun = String(begun[begun.index(after: blank)...])
        }
        let words = (values[argument] ?? []).filter {
            $0.lowercased().hasPrefix(begun.lowercased())
        }
        return (stem, words)
    }

    /// What all words begin with.
    static func common(_ words: [String]) -> String {
        guard var common = words.first else { return "" }
        for word in words.dropFirst() {
            while !word.hasPrefix(common) { common.removeLast() }
        }
        return common
    }
}
