/// When a circuit breaker opens, how long it stays open, and how it probes.
public struct CircuitBreakerPolicy: Sendable {
    /// What ends a half-open state whose probes do not answer; looked at when a call comes.
    public enum HalfOpenLimit: Equatable, Sendable {
        /// Opens again, a time after it went half-open (resilience4j). A call that comes after the
        /// open interval that begins then is a probe.
        case reopens(after: Duration)
        /// Where all permits are out, takes them back a time after the last one was given: other
        /// calls may probe, and what the old probes still answer decides nothing. Probes that have
        /// ended still count.
        case givesPermitsBack(after: Duration)
    }

    /// What opens it.
    public let trip: Trip
    /// How long it stays open before it probes; 1 ms to 365 days.
    public let openFor: Duration
    /// What each opening in a row without closing multiplies ``openFor`` by; 1 to 1,000.
    public let openGrowth: Double
    /// The longest that growth makes it stay open; `openFor` to 365 days.
    public let openMaximum: Duration
    /// The share of an open interval by which chance makes it shorter or longer, so that breakers that
    /// opened together do not probe together; 0 to 1.
    public let openJitter: Double
    /// Where set, the error that opens it may ask for a longer open interval by its
    /// ``ClassifiedError/retryAfter``, up to this; 0 to 365 days.
    public let maxRetryAfter: Duration?
    /// Whether it goes to half-open at its time though no call comes; otherwise the next call finds
    /// it so.
    public let halfOpensByTimer: Bool
    /// Probes that half-open admits at once; 1 to 1,000,000.
    public let halfOpenCalls: Int
    /// Successful probes that close it; 1 to 1,000,000.
    public let successesToClose: Int
    /// Failed probes that open it again; 1 to 1,000,000.
    public let failuresToReopen: Int
    /// What happens to probes that do not return; 1 ms to 365 days, `nil` to wait for ever.
    public let halfOpenLimit: HalfOpenLimit?
    /// What errors say about the service; `nil`: all but the caller's own faults
    /// (``ErrorClass/isCallersFault``) are its failures. Rejections and cancellation never count.
    public let classifier: ErrorClassifier?
    /// Which returned values stand for errors; `nil` for none.
    public let results: ResultClassifier?

    static let countBounds = 1...1_000_000
    static let openBounds = Duration.milliseconds(1)...Backoff.longest

    /// Opens after 5 consecutive failures, for 60 s; 3 probes at once, of which 1 success closes
    /// it; probes that have not returned after 60 s give their permits back.
    public static let standard = literal(
        try CircuitBreakerPolicy())

    /// resilience4j's defaults: ``Rate/resilience4j``, 60 s open, and a half-open state that waits for
    /// its probes for ever.
    public static let resilience4j = literal(
        try CircuitBreakerPolicy(trip: .rate(.resilience4j), halfOpenLimit: nil))

    /// A policy that trips on consecutive failures.
    ///
    /// - Throws: ``PolicyError`` where a value is outside its bounds.
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

    /// A policy of one's own.
    ///
    /// - Throws: ``PolicyError`` where a value is outside its bounds.
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
