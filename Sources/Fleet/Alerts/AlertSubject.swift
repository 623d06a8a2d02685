/// Whom an alert is about: a strategy of an agent, or an agent, in all instances.
struct AlertSubject: Hashable, Comparable, Sendable {
    let agent: String
    /// `nil` where it is about the agent.
    let strategy: String?

    init(agent: String, strategy: String?) {
        self.agent = agent
        self.strategy = strategy
    }

    /// Whom ``about`` is of.
    init(about: String) {
        let parts = about.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(agent: String(parts[0]), strategy: parts.count == 2 ? String(parts[1]) : nil)
    }

    /// The address as it is typed; of an agent its name.
    var about: String { strategy.map { "\(agent):\($0)" } ?? agent }

    static func < (a: Self, b: Self) -> Bool {
        (a.agent, a.strategy ?? "") < (b.agent, b.strategy ?? "")
    }
}
