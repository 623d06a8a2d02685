import Fleet
import ResilienceWire

/// A filter for rows. A row is shown if it matches every term.
struct Filter: Equatable, Sendable {
    /// One condition of a filter.
    enum Term: Equatable, Sendable {
        /// Part of the agent's, the strategy's or the target's name.
        case word(String)
        case state(String)
        case agent(String)
        case error(String)
        case target(String)
    }

    /// The terms, in lower case.
    let terms: [Term]
    /// The text as typed.
    let text: String

    /// Parses a filter. An empty text shows everything.
    init(_ text: String = "") {
        self.text = text.split(separator: " ").joined(separator: " ")
        terms = Self.words(text.lowercased()).compactMap(Term.init)
    }

    /// Splits the text at blanks outside of quotes, and removes the quotes.
    private static func words(_ text: String) -> [String] {
        text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .reduce(into: [""]) { words, part in
                let pieces =
                    part.offset.isMultiple(of: 2)
                    ? part.element.split(separator: " ", omittingEmptySubsequences: false)
                    : [part.element]
                words[words.count - 1] += pieces.first ?? ""
                words += pieces.dropFirst().map(String.init)
            }.filter { !$0.isEmpty }
    }

    /// Warnings for terms with an unknown state or key.
    var doubts: [String] {
        terms.compactMap { term in
            switch term {
            case .state(let state)
            where !BreakerState.allCases.contains { $0.begins(with: state) }
                && !Flap.begins(with: state):
                return "unknown state '\(state)'"
            case .word(let word) where word.contains(":"):
                return "unknown key; expected agent:, err:, state: or target:"
            case .word, .state, .agent, .error, .target: return nil
            }
        }
    }

    /// Whether the filter shows everything.
    var isEmpty: Bool { terms.isEmpty }

    /// Whether the filter shows a row.
    func matches(_ row: Row) -> Bool {
        terms.allSatisfy { $0.matches(row) }
    }
}

extension Filter.Term {
    fileprivate init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            self = .word(text)
            return
        }
        let value = String(parts[1])
        let term: Filter.Term? =
            switch parts[0] {
            case "state": .state(value)
            case "agent": .agent(value)
            case "err": .error(value)
            case "target": .target(value)
            default: .word(text)
            }
        // An incomplete term hides nothing.
        guard let term, !value.isEmpty else { return nil }
        self = term
    }

    fileprivate func matches(_ row: Row) -> Bool {
        switch self {
        case .word(let word):
            row.id.agent.holds(word) || row.id.strategy.holds(word)
                || row.target?.holds(word) ?? false
        case .state(let state):
            Flap.begins(with: state) && row.flap != nil
                || row.responsive.contains {
                    $0.strategy.breaker?.state.begins(with: state) ?? false
                }
        case .agent(let agent): row.id.agent.holds(agent)
        case .error(let error):
            row.counters(last: 60_000).errors.contains { $0.type.holds(error) }
        case .target(let target): row.target?.holds(target) ?? false
        }
    }
}

extension Flap {
    /// Whether a text is a prefix of `flapping`.
    fileprivate static func begins(with text: String) -> Bool { "flapping".hasPrefix(text) }
}

extension BreakerState {
    fileprivate func begins(with text: String) -> Bool {
        label.lowercased().hasPrefix(text)
    }
}

extension String {
    /// Whether the text contains a part, which is in lower case, in upper or lower case.
    fileprivate func holds(_ part: String) -> Bool {
        // Names are nearly always ASCII, and the search in Unicode text is slow for many rows.
        asciiHolds(part) ?? lowercased().contains(part)
    }

    /// Returns `nil` unless both texts are ASCII.
    private func asciiHolds(_ part: String) -> Bool? {
        utf8.withContiguousStorageIfAvailable { text in
            part.utf8.withContiguousStorageIfAvailable { part -> Bool? in
                guard text.allSatisfy({ $0 < 0x80 }), part.allSatisfy({ $0 < 0x80 }) else {
                    return nil
                }
                guard part.count <= text.count else { return false }
                return (0...text.count - part.count).contains { start in
                    part.indices.allSatisfy { text[start + $0].asciiLowercased == part[$0] }
                }
            } ?? nil
        } ?? nil
    }
}

extension UInt8 {
    fileprivate var asciiLowercased: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }
}
