/// A state change of a circuit breaker.
public struct BreakerChange: Equatable, Sendable {
    /// The strategy's name.
    public var strategy: String
    /// The number of state changes, including this one.
    public var version: Int
    /// The state before the change.
    public var from: BreakerState
    /// The state after the change.
    public var to: BreakerState
    /// The origin of the change.
    public var by: Author
    /// Why, in words, at most 1,024 bytes.
    public var why: String
    /// The time until the next probe, in milliseconds; absent if the breaker does not probe by
    /// itself.
    public var probeInMS: Int64?

    /// A state change of a breaker.
    public init(
        strategy: String, version: Int, from: BreakerState, to: BreakerState, by: Author,
        why: String = "", probeInMS: Int64? = nil
    ) {
        self.strategy = strategy
        self.version = version
        self.from = from
        self.to = to
        self.by = by
        self.why = why
        self.probeInMS = probeInMS
    }
}

/// A change of a limit's value.
public struct LimitChange: Equatable, Sendable {
    /// The strategy's name.
    public var strategy: String
    /// The limit's name.
    public var name: String
    /// The value before the change.
    public var was: Double
    /// The value after the change.
    public var value: Double
    /// The origin of the change.
    public var by: Author
    /// Whether an operator pinned the value, so that the strategy does not change it by itself.
    public var pinned: Bool
    /// Why, in words, at most 1,024 bytes.
    public var why: String

    /// A change of a limit.
    public init(
        strategy: String, name: String, was: Double, value: Double, by: Author,
        pinned: Bool = false, why: String = ""
    ) {
        self.strategy = strategy
        self.name = name
        self.was = was
        self.value = value
        self.by = by
        self.pinned = pinned
        self.why = why
    }
}
