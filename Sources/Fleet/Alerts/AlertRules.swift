/// What a hub looks out for, and what it keeps quiet about.
public struct AlertRules: Equatable, Sendable {
    /// The rules, in the order in which they are looked at.
    public var rules: [AlertRule]
    /// The silences.
    public var silences: [AlertSilence]

    /// Rules and silences.
    public init(_ rules: [AlertRule], silences: [AlertSilence] = []) {
        self.rules = rules
        self.silences = silences
    }

    /// What is on from the start, in the journal only: each tells of something that does not heal by
    /// itself within half a minute, so that a breaker that works as it should is not news.
    public static let standard = AlertRules([
        // An open time is seconds: a breaker that has not closed after 30 s has failed its probes.
        AlertRule(name: "breaker_open", condition: .breakerOpen, forMS: 30_000),
        // Half of the callers get nothing. With 20 calls chance alone does not look like this.
        AlertRule(
            name: "served_below", condition: .servedBelow(share: 0.5, minCalls: 20), forMS: 30_000),
        // A retry budget of 20 % ends near 1.2 attempts a call; three attempts at most end at 3.
        AlertRule(
            name: "amplification_above",
            condition: .amplificationAbove(attempts: 2.5, minCalls: 20), forMS: 30_000),
        // Calls fail from here on that a retry would have saved; 10 s, since budgets refill.
        AlertRule(name: "budget_below", condition: .budgetBelow(share: 0.05), forMS: 10_000),
        // Longer than most timeouts: probably there is none.
        AlertRule(name: "waiting_longer_than", condition: .waitingLonger(than: 60_000)),
        // Stale is 15 s of silence already, and gone without bye is certain at once.
        AlertRule(name: "agent_stale", condition: .agentStale),
        AlertRule(name: "agent_gone", condition: .agentGone),
        // Three openings in five minutes are no accident.
        AlertRule(name: "flapping", condition: .flapping),
    ])
}
