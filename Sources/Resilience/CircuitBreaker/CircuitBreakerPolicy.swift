/// When a circuit breaker opens, how long it stays open, and how it probes.
public struct CircuitBreakerPolicy: Sendable {
    /// What opens a closed breaker.
    public enum Trip: Equatable, Sendable {
        /// So many failures in a row; 1 to 1,000,000. The guide's, and the cheapest: a success
        /// takes neither lock nor clock.
        case consecutiveFailures(Int)
        /// The share of calls that fail, or that are slow, among the latest.
        case rate(Rate)
    }

    /// What ends a half-open state whose probes do not answer; looked at when a call comes.
    public enum HalfOpenLimit: Equatable, Sendable {
        /// Opens again, a time after it went half-open (resilience4j).
        case reopens(after: Duration)
        /// Where all permits are out, takes them back a time after the last one was given: other
        /// calls may probe, and what the old probes still answer decides nothing.
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
    /// Probes that half-open admits at once; 1 to 1,000,000.
    public let halfOpenCalls: Int
    /// Successful probes that close it; 1 to 1,000,000.
    public let successesToClose: Int
    /// What happens to probes that do not return; 1 ms to 365 days, `nil` to wait for ever.
    public let halfOpenLimit: HalfOpenLimit?
    /// Which errors count as failures; `nil` for all of them. Rejections and cancellation never do.
    public let classifier: ErrorClassifier?

    static let countBounds = 1...1_000_000
    static let openBounds = Duration.milliseconds(1)...Backoff.longest

    /// Opens after 5 consecutive failures, for 60 s; 3 probes at once, of which 1 success closes
    /// it; probes that have not returned after 60 s give their permits back.
    public static let standard = CircuitBreakerPolicy(
        checked: .consecutiveFailures(5), openFor: .seconds(60), openGrowth: 1,
        openMaximum: Backoff.longest, halfOpenCalls: 3, successesToClose: 1,
        halfOpenLimit: .givesPermitsBack(after: .seconds(60)), classifier: nil)

    private init(
        checked trip: Trip, openFor: Duration, openGrowth: Double, openMaximum: Duration,
        halfOpenCalls: Int, successesToClose: Int, halfOpenLimit: HalfOpenLimit?,
        classifier: ErrorClassifier?
    ) {
        self.trip = trip
        self.openFor = openFor
        self.openGrowth = openGrowth
        self.openMaximum = openMaximum
        self.halfOpenCalls = halfOpenCalls
        self.successesToClose = successesToClose
        self.halfOpenLimit = halfOpenLimit
        self.classifier = classifier
    }

    /// A policy that trips on consecutive failures.
    ///
    /// - Throws: ``PolicyError`` where a value is outside its bounds.
    public init(
        failureThreshold: Int = 5, openFor: Duration = .seconds(60), openGrowth: Double = 1,
        openMaximum: Duration = Backoff.longest, halfOpenCalls: Int = 3,
        successesToClose: Int = 1,
        halfOpenLimit: HalfOpenLimit? = .givesPermitsBack(after: .seconds(60)),
        classifier: ErrorClassifier? = nil
    ) throws(PolicyError) {
        try self.init(
            trip: .consecutiveFailures(failureThreshold), openFor: openFor, openGrowth: openGrowth,
            openMaximum: openMaximum, halfOpenCalls: halfOpenCalls,
            successesToClose: successesToClose, halfOpenLimit: halfOpenLimit,
            classifier: classifier)
    }

    /// A policy of one's own.
    ///
    /// - Throws: ``PolicyError`` where a value is outside its bounds.
    public init(
        trip: Trip, openFor: Duration = .seconds(60), openGrowth: Double = 1,
        openMaximum: Duration = Backoff.longest, halfOpenCalls: Int = 3,
        successesToClose: Int = 1,
        halfOpenLimit: HalfOpenLimit? = .givesPermitsBack(after: .seconds(60)),
        classifier: ErrorClassifier? = nil
    ) throws(PolicyError) {
        if case .consecutiveFailures(let failures) = trip {
            try Self.requireCount(failures, "failureThreshold")
        }
        try Self.requireCount(halfOpenCalls, "halfOpenCalls")
        try Self.requireCount(successesToClose, "successesToClose")
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
        self.init(
            checked: trip, openFor: openFor, openGrowth: openGrowth, openMaximum: openMaximum,
            halfOpenCalls: halfOpenCalls, successesToClose: successesToClose,
            halfOpenLimit: halfOpenLimit, classifier: classifier)
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

extension CircuitBreakerPolicy.Trip {
    /// Failures in a row, or a share of failed calls.
    var threshold: Double {
        switch self {
        case .consecutiveFailures(let failures): Double(failures)
        case .rate(let rate): rate.failureShare
        }
    }

    /// What trips it, in words, with the present threshold.
    func inWords(threshold: Double) -> String {
        guard case .rate(let rate) = self else {
            return CircuitBreaker.Reason.consecutiveFailures(Int(threshold)).description
        }
        let calls =
            switch rate.window {
            case .calls(let calls): "\(calls) calls"
            case .time(let time): "calls in \(time)"
            }
        let failed = "\(Self.percent(threshold)) of \(calls) failed"
        return rate.slowCalls.map { slow in
            "\(failed), or \(Self.percent(slow.share)) took longer than \(slow.longerThan)"
        } ?? failed
    }

    private static func percent(_ share: Double) -> String {
        "\(Int((share * 100).rounded())) %"
    }
}
