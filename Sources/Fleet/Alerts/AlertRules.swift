/// The alert rules and silences of a hub.
public struct AlertRules: Equatable, Sendable {
    /// The rules, in the order of evaluation.
    public var rules: [AlertRule]
    /// The silences.
    public var silences: [AlertSilence]

    /// Creates a set of rules and silences.
    public init(_ rules: [AlertRule], silences: [AlertSilence] = []) {
        self.rules = rules
        self.silences = silences
    }

    /// The default rules, without commands: their alerts appear in the journal only. Each reports a
    /// fault that does not heal by itself within half a minute. A breaker that trips and recovers
    /// as designed raises no alert.
    public static let standard = AlertRules([
        // Open times are a few seconds: a breaker that has not closed after 30 s has failed its
        // probes.
        AlertRule(name: "breaker_open", condition: .breakerOpen, forMS: 30_000),
        // Half of the callers get no result. With at least 20 calls this is unlikely to be chance.
        AlertRule(
            name: "served_below", condition: .servedBelow(share: 0.5, minCalls: 20), forMS: 30_000),
        // A retry budget of 20 % limits amplification to about 1.2; a limit of three attempts
        // allows 3.
        AlertRule(
            name: "amplification_above",
            condition: .amplificationAbove(attempts: 2.5, minCalls: 20), forMS: 30_000),
        // Below this, calls fail that a retry would have saved. 10 s, because budgets refill.
        AlertRule(name: "budget_below", condition: .budgetBelow(share: 0.05), forMS: 10_000),
        // Longer than most timeouts: the strategy probably has none.
        AlertRule(name: "waiting_longer_than", condition: .waitingLonger(than: 60_000)),
        // No `for`: an agent is stale only after 15 s of silence, and a disconnect without `bye` is
        // certain at once.
        AlertRule(name: "agent_stale", condition: .agentStale),
        AlertRule(name: "agent_gone", condition: .agentGone),
        // No `for`: three openings in five minutes are evidence enough.
        AlertRule(name: "flapping", condition: .flapping),
    ])
}
