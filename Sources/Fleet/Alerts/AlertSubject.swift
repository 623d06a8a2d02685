/// The subject of an alert: an agent or a strategy of an agent, over all its instances.
struct AlertSubject: Hashable, Comparable, Sendable {
    let agent: String
    /// The strategy's name; `nil` if the alert is about the agent.
    let strategy: String?

    init(agent: String, strategy: String?) {
        self.agent = agent
        self.strategy = strategy
    }

    /// Parses a subject from the text that ``about`` returns.
    init(about: String) {
        let parts = about.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(agent: String(parts[0]), strategy: parts.count == 2 ? String(parts[1]) : nil)
    }

    /// The subject as text: `AGENT:STRATEGY` or `AGENT`.
    var about: String { strategy.map { "\(agent):\($0)" } ?? agent }

    static func < (a: Self, b: Self) -> Bool {
        (a.agent, a.strategy ?? "") < (b.agent, b.strategy ?? "")
    }
}
