/// A rule by which the hub raises alerts: a condition, how long it must hold, the addresses it
/// covers and the command to run.
public struct AlertRule: Equatable, Sendable {
    /// The condition of a rule. Shares are between 0 and 1. Rates are of the last minute. The
    /// instances of an agent are summed.
    public enum Condition: Equatable, Sendable {
        /// The breaker of an instance is open or half-open; it has not recovered until it closes. A
        /// breaker that an operator opened or disabled does not count.
        case breakerOpen
        /// The served share is below `share`, over at least `minCalls` calls: ok, failed and
        /// rejected.
        case servedBelow(share: Double, minCalls: Int)
        /// Calls took more than `attempts` attempts on average, over at least `minCalls` calls that
        /// ran.
        case amplificationAbove(attempts: Double, minCalls: Int)
        /// Less than `share` of a retry budget remains.
        case budgetBelow(share: Double)
        /// The oldest call in flight is older than `than`, in milliseconds.
        case waitingLonger(than: Int64)
        /// An instance is connected, but the hub has not heard from it for a while.
        case agentStale
        /// An instance disconnected without `bye`, and no other instance replaced it.
        case agentGone
        /// The breaker of an instance is flapping; see ``Openings``.
        case flapping
    }

    /// The unique name of the rule and of its alerts.
    public var name: String
    /// The condition.
    public var condition: Condition
    /// How long the condition must hold before the alert fires, in milliseconds.
    public var forMS: Int64
    /// The period in milliseconds after which a firing alert is published again; `nil`: never.
    public var repeatMS: Int64?
    /// The agents and strategies that the rule covers.
    public var match: AddressPattern
    /// A command line for `/bin/sh`, which receives each alert as a line of JSON; `nil`: the alert
    /// appears in the journal only.
    public var command: String?

    /// Creates a rule.
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
