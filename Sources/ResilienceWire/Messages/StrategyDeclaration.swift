/// Declares a strategy with its full present state, before the first line that names it and again
/// after every reconnect.
public struct StrategyDeclaration: Equatable, Sendable {
    /// The strategy's name, 1 to 128 bytes.
    public var strategy: String
    /// Its layers, outermost first, joined by `+`, such as `retry+breaker`; 0 to 128 bytes.
    public var kind: String
    /// What it calls, such as a host; absent where unknown.
    public var target: String?
    /// The operator actions that it understands.
    public var can: [Action]
    /// Its breaker's present state; absent where it has none.
    public var breaker: BreakerReading?
    /// Every number that may be changed while it runs.
    public var limits: [LimitReading]
    /// In a keyframe, how often its breaker opened of late; absent where it did not.
    public var openings: OpeningsReading?

    /// A strategy with its full present state.
    public init(
        strategy: String, kind: String, target: String? = nil, can: [Action] = [],
        breaker: BreakerReading? = nil, limits: [LimitReading] = [],
        openings: OpeningsReading? = nil
    ) {
        self.strategy = strategy
        self.kind = kind
        self.target = target
        self.can = can
        self.breaker = breaker
        self.limits = limits
        self.openings = openings
    }
}

/// What an operator can ask of a strategy.
public enum Action: String, Equatable, Hashable, Sendable, CaseIterable {
    case open
    case reset
    case halfOpen = "half_open"
    case disable
    case enable
    case setLimit = "set_limit"
    case tap
}

/// The states of a circuit breaker, the operator's included.
public enum BreakerState: String, Equatable, Hashable, Sendable, CaseIterable {
    case closed
    case open
    case halfOpen = "half_open"
    case forcedOpen = "forced_open"
    case disabled
}

/// Who changed a breaker or a limit.
public enum Author: String, Equatable, Sendable, CaseIterable {
    /// The strategy's own rule.
    case policy
    /// A person, through the hub.
    case `operator`
    /// The agent's own code.
    case agent
    /// The adaptive rule of a limit.
    case adaptive
}

/// A breaker's present state.
public struct BreakerReading: Equatable, Sendable {
    /// The state that it is in.
    public var state: BreakerState
    /// How many state changes there were.
    public var version: Int
    /// Why it is in this state.
    public var why: String
    /// Who or what put it into this state.
    public var by: Author
    /// How long it has been in this state, in milliseconds.
    public var sinceMS: Int64
    /// How long until it probes, in milliseconds; absent where it will not by itself.
    public var probeInMS: Int64?
    /// The rule that trips it, in words.
    public var trip: String?
    /// How long it stays open before it probes, in milliseconds.
    public var openMS: Int64?
    /// How many probes half-open admits at once.
    public var halfOpenCalls: Int?

    /// A reading of a breaker.
    public init(
        state: BreakerState, version: Int, why: String = "", by: Author = .policy,
        sinceMS: Int64 = 0, probeInMS: Int64? = nil, trip: String? = nil, openMS: Int64? = nil,
        halfOpenCalls: Int? = nil
    ) {
        self.state = state
        self.version = version
        self.why = why
        self.by = by
        self.sinceMS = sinceMS
        self.probeInMS = probeInMS
        self.trip = trip
        self.openMS = openMS
        self.halfOpenCalls = halfOpenCalls
    }
}

/// A number that may be changed while the strategy runs.
public struct LimitReading: Equatable, Sendable {
    /// One of the protocol's names, such as `max_attempts`, or the client's own.
    public var name: String
    /// Its present value.
    public var value: Double
    /// The least value that will be taken; absent where there is none.
    public var min: Double?
    /// The greatest value that will be taken; absent where there is none.
    public var max: Double?
    /// What it counts, such as `attempts` or `ms`.
    public var unit: String?
    /// Who or what set it.
    public var by: Author
    /// Held by an operator: the strategy does not move it by itself.
    public var pinned: Bool
    /// Why it has this value, where it was changed.
    public var why: String

    /// A reading of a limit.
    public init(
        name: String, value: Double, min: Double? = nil, max: Double? = nil,
        unit: String? = nil, by: Author = .policy, pinned: Bool = false, why: String = ""
    ) {
        self.name = name
        self.value = value
        self.min = min
        self.max = max
        self.unit = unit
        self.by = by
        self.pinned = pinned
        self.why = why
    }
}

/// In a keyframe: how often a strategy's breaker opened by its own rule in the last five minutes.
public struct OpeningsReading: Equatable, Sendable {
    /// What happened in one slot of 5 s.
    public struct Slot: Equatable, Sendable {
        /// How long before the line the slot began, in milliseconds.
        public var agoMS: Int64
        /// How often the breaker opened in the slot.
        public var count: Int
        /// How long it was open in the slot, in milliseconds.
        public var openMS: Int64

        /// What happened in one slot.
        public init(agoMS: Int64, count: Int, openMS: Int64) {
            self.agoMS = agoMS
            self.count = count
            self.openMS = openMS
        }
    }

    /// How long ago it opened last, in milliseconds.
    public var lastMS: Int64
    /// For how long it has been flapping, in milliseconds; absent where it does not.
    public var flappingMS: Int64?
    /// The slots in which it opened or was open, oldest first; at most 61.
    public var slots: [Slot]

    /// How often a breaker opened.
    public init(lastMS: Int64, flappingMS: Int64? = nil, slots: [Slot]) {
        self.lastMS = lastMS
        self.flappingMS = flappingMS
        self.slots = slots
    }
}
