/// Declares a strategy with its full present state. An agent sends it before the first line that
/// names the strategy, and again after every reconnect.
public struct StrategyDeclaration: Equatable, Sendable {
    /// The strategy's name, 1 to 128 bytes.
    public var strategy: String
    /// Its layers, outermost first, joined by `+`, such as `retry+breaker`; 0 to 128 bytes.
    public var kind: String
    /// The service that it calls, such as a host; absent if unknown.
    public var target: String?
    /// The operator actions that the strategy supports.
    public var can: [Action]
    /// Its breaker's present state; absent where it has none.
    public var breaker: BreakerReading?
    /// Every limit that can be changed at run time.
    public var limits: [LimitReading]
    /// In a keyframe, the recent openings of its breaker; absent if there were none.
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

/// An action that an operator can request from a strategy.
public enum Action: String, Equatable, Hashable, Sendable, CaseIterable {
    case open
    case reset
    case halfOpen = "half_open"
    case disable
    case enable
    case setLimit = "set_limit"
    case tap
}

/// The states of a circuit breaker, including those that an operator sets.
public enum BreakerState: String, Equatable, Hashable, Sendable, CaseIterable {
    case closed
    case open
    case halfOpen = "half_open"
    case forcedOpen = "forced_open"
    case disabled
}

/// The origin of a change to a breaker or a limit.
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
    /// The present state.
    public var state: BreakerState
    /// The number of state changes.
    public var version: Int
    /// Why it is in this state.
    public var why: String
    /// The origin of the last state change.
    public var by: Author
    /// The time spent in this state, in milliseconds.
    public var sinceMS: Int64
    /// The time until the next probe, in milliseconds; absent if the breaker does not probe by
    /// itself.
    public var probeInMS: Int64?
    /// The rule that opens the breaker, in words.
    public var trip: String?
    /// The time that it stays open before it probes, in milliseconds.
    public var openMS: Int64?
    /// The number of probes that it permits at once when half-open.
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

/// The present value of a limit, a number that can be changed at run time.
public struct LimitReading: Equatable, Sendable {
    /// One of the protocol's names, such as `max_attempts`, or the client's own.
    public var name: String
    /// Its present value.
    public var value: Double
    /// The smallest value that the strategy accepts; absent without a bound.
    public var min: Double?
    /// The greatest value that the strategy accepts; absent without a bound.
    public var max: Double?
    /// The unit, such as `attempts` or `ms`.
    public var unit: String?
    /// The origin of the value.
    public var by: Author
    /// Whether an operator pinned the value, so that the strategy does not change it by itself.
    public var pinned: Bool
    /// The reason for the last change of the value.
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

/// In a keyframe, the openings of a strategy's breaker by its own rule in the last five minutes.
public struct OpeningsReading: Equatable, Sendable {
    /// The openings in one slot of 5 s.
    public struct Slot: Equatable, Sendable {
        /// The time from the slot's beginning to the line, in milliseconds.
        public var agoMS: Int64
        /// The number of openings in the slot.
        public var count: Int
        /// The time that the breaker was open in the slot, in milliseconds.
        public var openMS: Int64

        /// Creates the openings of one slot.
        public init(agoMS: Int64, count: Int, openMS: Int64) {
            self.agoMS = agoMS
            self.count = count
            self.openMS = openMS
        }
    }

    /// The time since the last opening, in milliseconds.
    public var lastMS: Int64
    /// The time for which the breaker has been flapping, in milliseconds; absent if it is not
    /// flapping.
    public var flappingMS: Int64?
    /// The slots in which the breaker opened or was open, oldest first; at most 61.
    public var slots: [Slot]

    /// Creates a reading of openings.
    public init(lastMS: Int64, flappingMS: Int64? = nil, slots: [Slot]) {
        self.lastMS = lastMS
        self.flappingMS = flappingMS
        self.slots = slots
    }
}
