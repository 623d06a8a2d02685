/// The counters that only some kinds of strategies have.
public struct CounterFacets: Equatable, Sendable {
    /// Absent where the strategy has no bulkhead.
    public var bulkhead: BulkheadCounters?
    /// Absent where the strategy does not hedge.
    public var hedge: HedgeCounters?
    /// Absent where the strategy has no fallback.
    public var fallback: FallbackCounters?
    /// Absent where the strategy has no retry budget.
    public var budget: BudgetCounters?
    /// Absent where the strategy does not detect duplicates.
    public var idempotency: IdempotencyCounters?
    /// Absent where the strategy does not process batches.
    public var batch: BatchCounters?
    /// Absent where no answer has bytes.
    public var stream: StreamCounters?

    /// Creates facets that are all absent.
    public init() {}
}

extension Counters {
    /// Absent where the strategy has no bulkhead.
    public var bulkhead: BulkheadCounters? {
        get { facets?.bulkhead }
        set { change { $0.bulkhead = newValue } }
    }
    /// Absent where the strategy does not hedge.
    public var hedge: HedgeCounters? {
        get { facets?.hedge }
        set { change { $0.hedge = newValue } }
    }
    /// Absent where the strategy has no fallback.
    public var fallback: FallbackCounters? {
        get { facets?.fallback }
        set { change { $0.fallback = newValue } }
    }
    /// Absent where the strategy has no retry budget.
    public var budget: BudgetCounters? {
        get { facets?.budget }
        set { change { $0.budget = newValue } }
    }
    /// Absent where the strategy does not detect duplicates.
    public var idempotency: IdempotencyCounters? {
        get { facets?.idempotency }
        set { change { $0.idempotency = newValue } }
    }
    /// Absent where the strategy does not process batches.
    public var batch: BatchCounters? {
        get { facets?.batch }
        set { change { $0.batch = newValue } }
    }
    /// Absent where no answer has bytes.
    public var stream: StreamCounters? {
        get { facets?.stream }
        set { change { $0.stream = newValue } }
    }

    private mutating func change(_ change: (inout CounterFacets) -> Void) {
        var changed = facets ?? CounterFacets()
        change(&changed)
        facets = changed
    }
}

/// A bulkhead's facet: `active` and `queued` as of now, `rejected` in the interval.
public struct BulkheadCounters: Equatable, Sendable {
    /// Calls that run now.
    public var active: Int
    /// Calls that wait for a place now.
    public var queued: Int
    /// Calls that were refused in the interval.
    public var rejected: Int

    /// The numbers of a bulkhead.
    public init(active: Int, queued: Int, rejected: Int) {
        self.active = active
        self.queued = queued
        self.rejected = rejected
    }
}

/// A hedge's facet, in the interval.
public struct HedgeCounters: Equatable, Sendable {
    /// Hedges started beside a primary.
    public var launched: Int
    /// Calls that a hedge answered first.
    public var won: Int

    /// The numbers of a hedge.
    public init(launched: Int, won: Int) {
        self.launched = launched
        self.won = won
    }
}

/// A fallback's facet, in the interval.
public struct FallbackCounters: Equatable, Sendable {
    /// Calls that the fallback answered.
    public var used: Int
    /// Calls that the cache answered.
    public var cached: Int
    /// The age of the oldest of these answers, in milliseconds; absent where there is none.
    public var oldestAgeMS: Int64?

    /// The numbers of a fallback.
    public init(used: Int, cached: Int, oldestAgeMS: Int64? = nil) {
        self.used = used
        self.cached = cached
        self.oldestAgeMS = oldestAgeMS
    }
}

/// A retry budget's facet: `remaining` as of now, `denied` in the interval.
public struct BudgetCounters: Equatable, Sendable {
    /// The share that is left, 0 to 1.
    public var remaining: Double
    /// Retries that were denied.
    public var denied: Int

    /// The numbers of a budget.
    public init(remaining: Double, denied: Int) {
        self.remaining = remaining
        self.denied = denied
    }
}

/// The facet of idempotency, in the interval. The strategy's calls are executions only; the
/// requests that needed no execution are counted here.
public struct IdempotencyCounters: Equatable, Sendable {
    /// Executions that started.
    public var executed: Int
    /// Requests that joined an execution of another.
    public var shared: Int
    /// Requests that a kept result answered.
    public var replayed: Int

    /// The numbers of idempotency.
    public init(executed: Int, shared: Int, replayed: Int) {
        self.executed = executed
        self.shared = shared
        self.replayed = replayed
    }
}

/// The facet of a batch retry, in the interval. It covers batches that ended ok or failed.
public struct BatchCounters: Equatable, Sendable {
    /// Items of these batches.
    public var items: Int
    /// Items that failed after all their retries.
    public var failed: Int
    /// Batches of which some items succeeded and some failed.
    public var partial: Int

    /// The numbers of a batch retry.
    public init(items: Int, failed: Int, partial: Int) {
        self.items = items
        self.failed = failed
        self.partial = partial
    }
}

/// The facet of answers that come as bytes over time, in the interval.
public struct StreamCounters: Equatable, Sendable {
    /// The time from a call's start to the first byte of its answer, of calls that ended ok or failed:
    /// buckets as in ``Counters/latency``, ascending.
    public var firstByte: [LatencyCount]

    /// The numbers of answers.
    public init(firstByte: [LatencyCount]) {
        self.firstByte = firstByte
    }
}
