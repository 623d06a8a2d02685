/// `AGENT:STRATEGY` or `AGENT`, where each `*` stands for any text, also for none.
public struct AddressPattern: Equatable, Sendable {
    private let agent: Wildcard
    private let strategy: Wildcard

    /// Every agent and every strategy.
    public static let all = AddressPattern("*")

    /// Reads a pattern; one without `:` includes all strategies of the agent.
    public init(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        agent = Wildcard(parts[0])
        strategy = Wildcard(parts.count == 2 ? parts[1] : "*")
    }

    /// Whether it includes a strategy of an agent.
    public func includes(agent name: String, strategy: String) -> Bool {
        agent.matches(name) && self.strategy.matches(strategy)
    }

    /// Whether it includes a strategy of an agent, or the agent as such.
    func includes(_ subject: AlertSubject) -> Bool {
        agent.matches(subject.agent)
            && subject.strategy.map { strategy.matches($0) } ?? strategy.isAny
    }
}

/// A text with stars, which matches in time proportional to both lengths at worst.
private struct Wildcard: Equatable, Sendable {
    private let pattern: [UInt8]
    private static let star = UInt8(ascii: "*")

    init(_ text: Substring) { pattern = Array(text.utf8) }

    var isAny: Bool { pattern == [Self.star] }

    func matches(_ text: String) -> Bool {
        if isAny { return true }
        let text = Array(text.utf8)
        var (index, next) = (0, 0)
        /// Behind the last star, and the text that it has not taken yet.
        var retry: (pattern: Int, text: Int)?
        while index < text.count {
            if next < pattern.count, pattern[next] == Self.star {
                next += 1
                retry = (next, index)
            } else if next < pattern.count, pattern[next] == text[index] {
                next += 1
                index += 1
            } else if let star = retry {
                // The last star takes one byte more.
                retry = (star.pattern, star.text + 1)
                (next, index) = (star.pattern, star.text + 1)
            } else {
                return false
            }
        }
        return pattern[next...].allSatisfy { $0 == Self.star }
    }
}
