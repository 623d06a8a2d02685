/// A pattern `AGENT:STRATEGY` or `AGENT`, in which each `*` matches any text, including the empty
/// text.
public struct AddressPattern: Equatable, Sendable {
    private let agent: Wildcard
    private let strategy: Wildcard

    /// The pattern that matches every strategy of every agent.
    public static let all = AddressPattern("*")

    /// Parses a pattern. A pattern without `:` matches the agent and all its strategies.
    public init(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        agent = Wildcard(parts[0])
        strategy = Wildcard(parts.count == 2 ? parts[1] : "*")
    }

    /// Whether the pattern matches a strategy of an agent.
    public func includes(agent name: String, strategy: String) -> Bool {
        agent.matches(name) && self.strategy.matches(strategy)
    }

    /// Whether the pattern matches the subject of an alert. An agent without a strategy matches
    /// only a pattern for all its strategies.
    func includes(_ subject: AlertSubject) -> Bool {
        agent.matches(subject.agent)
            && subject.strategy.map { strategy.matches($0) } ?? strategy.isAny
    }
}

/// A text with `*` wildcards. Matching takes at most time proportional to the product of both
/// lengths.
private struct Wildcard: Equatable, Sendable {
    private let pattern: [UInt8]
    private static let star = UInt8(ascii: "*")

    init(_ text: Substring) { pattern = Array(text.utf8) }

    var isAny: Bool { pattern == [Self.star] }

    func matches(_ text: String) -> Bool {
        if isAny { return true }
        let text = Array(text.utf8)
        var (index, next) = (0, 0)
        /// The position after the last star, and the start of the text that the star has not
        /// consumed.
        var retry: (pattern: Int, text: Int)?
        while index < text.count {
            if next < pattern.count, pattern[next] == Self.star {
                next += 1
                retry = (next, index)
            } else if next < pattern.count, pattern[next] == text[index] {
                next += 1
                index += 1
            } else if let star = retry {
                // Backtrack: the last star consumes one more byte.
                retry = (star.pattern, star.text + 1)
                (next, index) = (star.pattern, star.text + 1)
            } else {
                return false
            }
        }
        return pattern[next...].allSatisfy { $0 == Self.star }
    }
}
