import Screen

/// A command line that is being typed.
struct CommandLine: Sendable {
    /// The result of a key.
    enum Answer: Equatable, Sendable {
        /// The line stays open.
        case stay
        /// The line is closed without effect.
        case cancel
        /// The line is to be executed.
        case run(String)
    }

    private(set) var field = TextField()
    /// The completions, computed once when the line was opened: names are many and change slowly.
    private let completion: Completion
    /// The candidates for the last word of the line.
    private(set) var candidates: [String] = []
    /// The history entry that is shown, counted back from the latest, and the text typed before.
    private var recalled: (index: Int, typed: String)?
    /// The state of cycling through candidates with Tab.
    private var cycle: (stem: String, words: [String], index: Int)?

    /// Creates an empty line.
    init(_ completion: Completion) {
        self.completion = completion
        candidates = completion.candidates(for: "").words
    }

    /// Handles a key.
    ///
    /// - Parameter history: the executed lines, latest last.
    mutating func handle(_ key: Key, history: [String]) -> Answer {
        switch key {
        case .escape, .control("c"),
            .backspace where field.isEmpty:
            return .cancel
        case .enter:
            let line = field.text.split(separator: " ").joined(separator: " ")
            return line.isEmpty ? .cancel : .run(line)
        case .tab: complete(by: 1)
        case .backTab: complete(by: -1)
        case .up: recall(by: 1, history)
        case .down: recall(by: -1, history)
        case .character, .left, .right, .pageUp, .pageDown, .home, .end, .backspace, .delete,
            .control, .paste:
            if field.handle(key) {
                recalled = nil
                cycle = nil
            }
        }
        if cycle == nil { candidates = completion.candidates(for: field.text).words }
        return .stay
    }

    /// Completes the common prefix of all candidates, then cycles through them.
    private mutating func complete(by step: Int) {
        if let (stem, words, index) = cycle {
            let next = (index + step + words.count) % words.count
            cycle = (stem, words, next)
            field = TextField(stem + words[next])
            return
        }
        let (stem, words) = completion.candidates(for: field.text)
        guard !words.isEmpty else { return }
        let common = stem + Completion.common(words)
        if words.count == 1 || common.count > field.text.count {
            field = TextField(common)
        } else {
            let first = step > 0 ? 0 : words.count - 1
            cycle = (stem, words, first)
            field = TextField(stem + words[first])
        }
    }

    private mutating func recall(by step: Int, _ history: [String]) {
        let index = (recalled?.index ?? -1) + step
        let typed = recalled?.typed ?? field.text
        guard index < history.count else { return }
        cycle = nil
        guard index >= 0 else {
            field = TextField(typed)
            recalled = nil
            return
        }
        recalled = (index, typed)
        field = TextField(history[history.count - 1 - index])
    }
}
