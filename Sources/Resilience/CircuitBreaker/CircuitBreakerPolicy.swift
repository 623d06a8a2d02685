/// When a circuit breaker opens, how long it stays open, and how it probes.
public struct CircuitBreakerPolicy: Sendable {
    /// Consecutive failures that open it; 1 to 1,000,000.
    public let failureThreshold: Int
    /// How long it stays open before it probes; 1 ms to 365 days.
    public let openFor: Duration
    /// Probes that half-open admits at once; 1 to 1,000,000.
    public let halfOpenCalls: Int
    /// Successful probes that close it; 1 to 1,000,000.
    public let successesToClose: Int
    /// Which errors count as failures; `nil` for all of them. Rejections and cancellation never do.
    public let classifier: ErrorClassifier?

    static let countBounds = 1...1_000_000
    static let openBounds = Duration.milliseconds(1)...Backoff.longest

    /// Opens after 5 consecutive failures, for 60 s; 3 probes at once, of which 1 success closes it.
    public static let standard = CircuitBreakerPolicy(
        checked: 5, openFor: .seconds(60), halfOpenCalls: 3, successesToClose: 1, classifier: nil)

    private init(
        checked failureThreshold: Int, openFor: Duration, halfOpenCalls: Int,
        successesToClose: Int, classifier: ErrorClassifier?
    ) {
        self.failureThreshold = failureThreshold
        self.openFor = openFor
        self.halfOpenCalls = halfOpenCalls
        self.successesToClose = successesToClose
        self.classifier = classifier
    }

    /// A policy of one's own.
    ///
    /// - Throws: ``PolicyError`` where a value is outside its bounds.
    public init(
        failureThreshold: Int = 5, openFor: Duration = .seconds(60), halfOpenCalls: Int = 3,
        successesToClose: Int = 1, classifier: ErrorClassifier? = nil
    ) throws(PolicyError) {
        for (name, value) in [
            ("failureThreshold", failureThreshold), ("halfOpenCalls", halfOpenCalls),
            ("successesToClose", successesToClose),
        ] {
            try PolicyError.require(
                Self.countBounds.contains(value), "CircuitBreakerPolicy.\(name)", "1 to 1000000",
                got: value)
        }
        try PolicyError.require(
            Self.openBounds.contains(openFor), "CircuitBreakerPolicy.openFor",
            "1 ms to 365 days", got: openFor)
        self.init(
            checked: failureThreshold, openFor: openFor, halfOpenCalls: halfOpenCalls,
            successesToClose: successesToClose, classifier: classifier)
    }
}
