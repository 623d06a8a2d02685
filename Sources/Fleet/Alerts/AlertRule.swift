/// When the hub speaks up by itself: a condition, how long it has to hold, for whom, and what then.
public struct AlertRule: Equatable, Sendable {
    /// What is looked for. Shares are between 0 and 1; rates are of the last minute; the instances of
    /// an agent count as one.
    public enum Condition: Equatable, Sendable {
        /// The breaker of an instance is open, or probes: until it is closed it has not recovered.
        /// One that an operator opened or disabled is no surprise.
        case breakerOpen
        /// Of at least so many calls that somebody wanted, fewer than this share were served.
        case servedBelow(share: Double, minCalls: Int)
        /// At least so many calls took more than this many attempts each.
        case amplificationAbove(attempts: Double, minCalls: Int)
        /// Less than this share of a retry budget is left.
        case budgetBelow(share: Double)
        /// The oldest call under way waits for longer, in milliseconds.
        case waitingLonger(than: Int64)
        /// An instance is connected and silent.
        case agentStale
        /// An instance went without saying bye, and none came in its place.
        case agentGone
        /// The breaker of an instance is flapping; see ``Openings``.
        case flapping
    }

    /// How the alert is called; no two rules have the same name.
    public var name: String
    /// What is looked for.
    public var condition: Condition
    /// How long it has to hold before the alert fires, in milliseconds.
    public var forMS: Int64
    /// After how many milliseconds an alert that still fires is told again; `nil`: never.
    public var repeatMS: Int64?
    /// Whom it is about.
    public var match: AddressPattern
    /// A line for `/bin/sh`, which gets each alert as a line of JSON; `nil`: the journal only.
    public var command: String?

    /// A rule.
    public init(
        name: String, condition: Condition, forMS: Int64 = 0, repeatMS: Int64? = nil,
        match: AddressPattern = .all, command: String? = nil
    ) {
        self.name = name
        self.condition = condition
        self.forMS = forMS
        self.repeatMS = repeatMS
        self.match = match
        self.command = command
    }
}
