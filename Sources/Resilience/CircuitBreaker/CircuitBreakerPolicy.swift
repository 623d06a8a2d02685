/// The rules by which a circuit breaker opens, stays open, and probes.
public struct CircuitBreakerPolicy: Sendable {
    /// The limit for a half-open state whose probes do not return. It is checked when a call
    /// arrives.
    public enum HalfOpenLimit: Equatable, Sendable {
        /// Opens again at this time after the state became half-open (resilience4j). The open
        /// interval counts from that moment; a call after its end is a probe.
        case reopens(after: Duration)
        /// If all permits are in use, takes them back at this time after the last one was given.
        /// Other calls may then probe, and late results of the old probes are ignored. Results that
        /// arrived before still count.
        case givesPermitsBack(after: Duration)
    }

    /// The condition that opens the breaker.
    public let trip: Trip
    /// The length of the first open interval; 1 ms to 365 days.
    public let openFor: Duration
    /// The factor by which each further opening without closing lengthens the interval; 1 to 1,000.
    public let openGrowth: Double
    /// The longest open interval with growth; `openFor` to 365 days.
    public let openMaximum: Duration
    /// The share of the open interval by which it is randomly lengthened or shortened, so that
    /// breakers that opened together do not probe together; 0 to 1.
    public let openJitter: Double
    /// If set, the error that opens the breaker may request a longer open interval with its
    /// ``ClassifiedError/retryAfter``, up to this value; 0 to 365 days.
    public let maxRetryAfter: Duration?
    /// Whether a timer makes the breaker half-open when the probe is due. Otherwise the next call
    /// does.
    public let halfOpensByTimer: Bool
    /// The number of concurrent probes that half-open admits; 1 to 1,000,000.
    public let halfOpenCalls: Int
    /// The number of successful probes that closes the breaker; 1 to 1,000,000.
    public let successesToClose: Int
    /// The number of failed probes that opens the breaker again; 1 to 1,000,000.
    public let failuresToReopen: Int
    /// The limit for probes that do not return, 1 ms to 365 days; `nil` for no limit.
    public let halfOpenLimit: HalfOpenLimit?
    /// Decides what an error says about the service. With `nil`, all errors are failures except
    /// those of the caller (``ErrorClass/isCallersFault``). Rejections and cancellation never
    /// count.
    public let classifier: ErrorClassifier?
    /// Decides which returned values are treated as errors; `nil` for none.
    public let results: ResultClassifier?

    static let countBounds = 1...1_000_000
    static let openBounds = Duration.milliseconds(1)...Backoff.longest

    /// Opens after 5 consecutive failures for 60 s. Admits 3 concurrent probes; 1 success closes
    /// it. Takes permits back from probes that have not returned after 60 s.
    public static let standard = literal(
        try CircuitBreakerPolicy())

    /// The defaults of resilience4j: ``Rate/resilience4j``, 60 s open, and no limit for probes that
    /// do not return.
    public static let resilience4j = literal(
        try CircuitBreakerPolicy(trip: .rate(.resilience4j), halfOpenLimit: nil))

    /// Creates a policy that trips on consecutive failures.
    ///
    /// - Throws: ``PolicyError`` if a value is outside its bounds.
    public init(
        failureThreshold: Int = 5, openFor: Duration = .seconds(60), openGrowth: Double = 1,
        openMaximum: Duration = Backoff.longest, openJitter: Double = 0,
        maxRetryAfter: Duration? = nil, halfOpensByTimer: Bool = false, halfOpenCalls: Int = 3,
        successesToClose: Int = 1, failuresToReopen: Int = 1,
        halfOpenLimit: HalfOpenLimit? = .givesPermitsBack(after: .seconds(60)),
        classifier: ErrorClassifier? = nil, results: ResultClassifier? = nil
    ) throws(PolicyError) {
        try self.init(
            trip: .consecutiveFailures(failureThreshold), openFor: openFor, openGrowth: openGrowth,
            openMaximum: openMaximum, openJitter: openJitter, maxRetryAfter: maxRetryAfter,
            halfOpensByTimer: halfOpensByTimer, halfOpenCalls: halfOpenCalls,
            successesToClose: successesToClose, failuresToReopen: failuresToReopen,
            halfOpenLimit: halfOpenLimit, classifier: classifier, results: results)
    }

    /// Creates a policy.
    ///
    /// - Throws: ``PolicyError`` if a value is outside its bounds.
    public init(
        trip: Trip, openFor: Duration = .seconds(60), openGrowth: Double = 1,
        openMaximum: Duration = Backoff.longest, openJitter: Double = 0,
        maxRetryAfter: Duration? = nil, halfOpensByTimer: Bool = false, halfOpenCalls: Int = 3,
        successesToClose: Int = 1, failuresToReopen: Int = 1,
        halfOpenLimit: HalfOpenLimit? = .givesPermitsBack(after: .seconds(60)),
        classifier: ErrorClassifier? = nil, results: ResultClassifier? = nil
    ) throws(PolicyError) {
        switch trip {
        case .consecutiveFailures(let failures):
            try Self.requireCount(failures, "failureThreshold")
        case .failures(let failures, let time):
            try Self.requireCount(failures, "failureThreshold")
            try PolicyError.require(
                time >= .milliseconds(1) && time <= Rate.longestWindow,
                "CircuitBreakerPolicy.within", "1 ms to 1 day", got: time)
        case .rate: break
        }
        try PolicyError.require(
            openJitter >= 0 && openJitter <= 1, "CircuitBreakerPolicy.openJitter", "0 to 1",
            got: openJitter)
        if let maxRetryAfter {
            try RetryPolicy.requireRetryAfter(maxRetryAfter, "CircuitBreakerPolicy")
        }
        try Self.requireCount(halfOpenCalls, "halfOpenCalls")
        try Self.requireCount(successesToClose, "successesToClose")
        try Self.requireCount(failuresToReopen, "failuresToReopen")
        try Self.requireTime(openFor, "openFor")
        try PolicyError.require(
            openGrowth >= 1 && openGrowth <= 1_000, "CircuitBreakerPolicy.openGrowth",
            "1 to 1000", got: openGrowth)
        try PolicyError.require(
            openMaximum >= openFor && openMaximum <= Backoff.longest,
            "CircuitBreakerPolicy.openMaximum", "at least openFor and at most 365 days",
            got: openMaximum)
        switch halfOpenLimit {
        case .reopens(let time), .givesPermitsBack(let time):
            try Self.requireTime(time, "halfOpenLimit")
        case nil: break
        }
        self.trip = trip
        self.openFor = openFor
        self.openGrowth = openGrowth
        self.openMaximum = openMaximum
        self.openJitter = openJitter
        self.maxRetryAfter = maxRetryAfter
        self.halfOpensByTimer = halfOpensByTimer
        self.halfOpenCalls = halfOpenCalls
        self.successesToClose = successesToClose
        self.failuresToReopen = failuresToReopen
        self.halfOpenLimit = halfOpenLimit
        self.classifier = classifier
        self.results = results
    }

    private static func requireCount(_ count: Int, _ name: String) throws(PolicyError) {
        try PolicyError.require(
            countBounds.contains(count), "CircuitBreakerPolicy.\(name)", "1 to 1000000",
            got: count)
    }

    private static func requireTime(_ time: Duration, _ name: String) throws(PolicyError) {
        try PolicyError.require(
            openBounds.contains(time), "CircuitBreakerPolicy.\(name)", "1 ms to 365 days",
            got: time)
    }
}
