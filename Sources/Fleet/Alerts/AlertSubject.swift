/// Whom an alert is about: a strategy of an agent, or an agent, in all instances.
struct AlertSubject: Hashable, Comparable, Sendable {
    let agent: String
    /// `nil` where it is about the agent.
    let strategy: String?

    /// The address as it is typed; of an agent its name.
    var about: String { strategy.map { "\(agent):\($0)" } ?? agent }

    static func < (a: Self, b: Self) -> Bool {
        (a.agent, a.strategy ?? "") < (b.agent, b.strategy ?? "")
    }
}
