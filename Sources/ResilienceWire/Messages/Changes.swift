/// A breaker went from one state to another.
public struct BreakerChange: Equatable, Sendable {
    /// The strategy's name.
    public var strategy: String
    /// How many state changes there were, this one included.
    public var version: Int
    /// The state that it left.
    public var from: BreakerState
    /// The state that it is in now.
    public var to: BreakerState
    /// Who or what changed it.
    public var by: Author
    /// Why, in words, at most 1,024 bytes.
    public var why: String
    /// How long until it probes, in milliseconds; absent where it will not by itself.
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

/// A limit went from one value to another.
public struct LimitChange: Equatable, Sendable {
    /// The strategy's name.
    public var strategy: String
    /// The limit's name.
    public var name: String
    /// The value before.
    public var was: Double
    /// The value from now on.
    public var value: Double
    /// Who or what changed it.
    public var by: Author
    /// Held by an operator: the strategy does not move it by itself.
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
