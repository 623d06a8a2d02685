/// What ended at a strategy within an interval; as `total` since the start, as `slot` within 5 s.
public struct Delta: Equatable, Sendable {
    /// The strategy's name.
    public var strategy: String
    /// The number of this delta of this instance's strategy, from 1; in `total`, of the last one;
    /// 0 in `slot`.
    public var sequence: Int
    /// How many deltas it sums, of which this is the last one's number: 1 but where a hub sums them.
    public var summed: Int
    /// In `total`, deltas of the strategy that did not arrive.
    public var missed: Int
    /// The milliseconds before the line that it covers.
    public var spanMS: Int64
    /// What it counts.
    public var counters: Counters

    /// A delta, a total or a slot.
    public init(
        strategy: String, sequence: Int, summed: Int = 1, missed: Int = 0, spanMS: Int64,
        counters: Counters
    ) {
        self.strategy = strategy
        self.sequence = sequence
        self.summed = summed
        self.missed = missed
        self.spanMS = spanMS
        self.counters = counters
    }
}

/// The numbers of a delta. Counts are 0 to 2^53 - 1, of what ended in the interval;
/// ``inFlight``, ``waiting`` and ``oldestMS`` are as of its end.
public struct Counters: Equatable, Sendable {
    /// Calls that ended with a result.
    public var ok = 0
    /// Calls that ended with an error.
    public var failed = 0
    /// Calls of which no attempt ran.
    public var rejected = 0
    /// Calls that were given up by their caller.
    public var cancelled = 0
    /// Attempts made, those of cancelled calls included.
    public var attempts = 0
    /// Calls that ended ok or failed, by the number of retries each took; ascending.
    public var retries: [RetryCount] = []
    /// Failed attempts by error type; ascending by type.
    public var errors: [ErrorCount] = []
    /// Calls that ended ok or failed, by duration; ascending by bucket.
    public var latency: [LatencyCount] = []
    /// Milliseconds that these calls spent retrying: from the end of the first attempt to theirs.
    public var retryMS: Int64 = 0
    /// Calls under way.
    public var inFlight = 0
    /// Of these, calls that wait for their next attempt.
    public var waiting = 0
    /// How long the oldest call under way has run, in milliseconds.
    public var oldestMS: Int64 = 0
    /// The latest message of an error type, at most 256 bytes; ascending by type. Opt-in.
    public var messages: [ErrorMessage] = []
    private var apart: Apart?

    /// Counters are copied often, and most strategies have no facet: what would take more room than
    /// all the rest is elsewhere.
    private indirect enum Apart: Equatable {
        case facets(CounterFacets)
    }

    /// What only some kinds of strategies count; `nil` where it is none of these.
    public var facets: CounterFacets? {
        get {
            guard case .facets(let facets)? = apart else { return nil }
            return facets
        }
        set {
            apart = newValue == CounterFacets() ? nil : newValue.map { .facets($0) }
        }
    }

    /// Nothing counted.
    public init() {}
}

/// Calls that took a number of retries.
public struct RetryCount: Equatable, Sendable {
    /// Retries, 0 to 1,000,000: attempts - 1.
    public var retries: Int
    /// Calls that took this many.
    public var calls: Int

    /// A pair of `retries`.
    public init(retries: Int, calls: Int) {
        self.retries = retries
        self.calls = calls
    }
}

/// Failed attempts of an error type.
public struct ErrorCount: Equatable, Sendable {
    /// The error type, 1 to 128 bytes.
    public var type: String
    /// Failed attempts of this type.
    public var count: Int

    /// A pair of `errors`.
    public init(type: String, count: Int) {
        self.type = type
        self.count = count
    }
}

/// Calls whose duration falls into a bucket; see ``LatencyBucket``.
public struct LatencyCount: Equatable, Sendable {
    /// The bucket, 0 to 575.
    public var bucket: Int
    /// Calls in this bucket.
    public var count: Int

    /// A pair of `latency`.
    public init(bucket: Int, count: Int) {
        self.bucket = bucket
        self.count = count
    }
}

/// The latest message of an error type.
public struct ErrorMessage: Equatable, Sendable {
    /// The error type, 1 to 128 bytes.
    public var type: String
    /// The message, 0 to 256 bytes; it can hold secrets.
    public var text: String

    /// A pair of `messages`.
    public init(type: String, text: String) {
        self.type = type
        self.text = text
    }
}
