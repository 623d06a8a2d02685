/// The counters of a strategy over an interval: since the start in a `total`, over 5 s in a `slot`.
public struct Delta: Equatable, Sendable {
    /// The strategy's name.
    public var strategy: String
    /// The number of this delta, counted from 1 for each strategy of an instance. A `total` has the
    /// number of the last delta; a `slot` has 0.
    public var sequence: Int
    /// How many deltas were summed into this one, whose sequence number is that of the last one; 1
    /// unless a hub summed them.
    public var summed: Int
    /// In a `total`, the number of the strategy's deltas that did not arrive.
    public var missed: Int
    /// The length of the interval, which ends with the line, in milliseconds.
    public var spanMS: Int64
    /// The counters.
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

/// The numbers of a delta. Counts are 0 to 2^53 - 1 and cover what ended in the interval.
/// ``inFlight``, ``waiting`` and ``oldestMS`` are values at its end.
public struct Counters: Equatable, Sendable {
    /// Calls that ended with a result.
    public var ok = 0
    /// Calls that ended with an error.
    public var failed = 0
    /// Calls that ended without an attempt.
    public var rejected = 0
    /// Calls that the caller cancelled.
    public var cancelled = 0
    /// Attempts made, including those of cancelled calls.
    public var attempts = 0
    /// Calls that ended ok or failed, by the number of retries each took; ascending.
    public var retries: [RetryCount] = []
    /// Failed attempts by error type; ascending by type.
    public var errors: [ErrorCount] = []
    /// Calls that ended ok or failed, by duration; ascending by bucket.
    public var latency: [LatencyCount] = []
    /// Milliseconds that these calls spent retrying: from the end of the first attempt to the end
    /// of the call.
    public var retryMS: Int64 = 0
    /// Calls in progress.
    public var inFlight = 0
    /// Calls in progress that wait for their next attempt.
    public var waiting = 0
    /// The age of the oldest call in progress, in milliseconds.
    public var oldestMS: Int64 = 0
    /// The latest message of each error type, at most 256 bytes each, ascending by type. Sent only
    /// if the agent opted in.
    public var messages: [ErrorMessage] = []
    private var apart: Apart?

    /// Stores the facets indirectly. Counters are copied often, most strategies have no facet, and
    /// facets would take more room than all other fields together.
    private indirect enum Apart: Equatable {
        case facets(CounterFacets)
    }

    /// The counters that only some kinds of strategies have; `nil` without any.
    public var facets: CounterFacets? {
        get {
            guard case .facets(let facets)? = apart else { return nil }
            return facets
        }
        set {
            apart = newValue == CounterFacets() ? nil : newValue.map { .facets($0) }
        }
    }

    /// Creates counters of zero.
    public init() {}
}

/// The number of calls that took a given number of retries.
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
