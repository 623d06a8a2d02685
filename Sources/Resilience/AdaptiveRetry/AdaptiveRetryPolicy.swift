/// The bounds of the number of attempts, and the rule that moves it.
public struct AdaptiveRetryPolicy: Sendable {
    /// The condition for a higher number of attempts. The condition for a lower one is the same in
    /// both cases.
    public enum Rule: Equatable, Sendable, CaseIterable {
        /// Success rate below 0.5 and more than min(3, current - 0.5) attempts per call on average.
        case recovering
        /// The guide's rule: success rate below 0.5 and more than 3 attempts per call on average.
        /// Once the number is 3 or less it can never rise again.
        case guide
    }

    /// The lower bound of the number of attempts; 1 to 1,000,000.
    public let minAttempts: Int
    /// The initial value and upper bound of the number of attempts; `minAttempts` to 1,000,000.
    public let maxAttempts: Int
    /// The success rate above which the number of attempts falls; 0 to 1.
    public let successThreshold: Double
    /// The size of the window in calls; 20 to 100,000. The rule needs at least 20 results.
    public let window: Int
    /// The condition for a higher number of attempts.
    public let rule: Rule
    /// Decides which errors are retried; `nil` retries all errors.
    public let classifier: ErrorClassifier?
    /// Decides which returned values are treated as errors; `nil` for none.
    public let results: ResultClassifier?
    /// The longest wait that a server can request with `Retry-After`; 0 to 365 days.
    public let maxRetryAfter: Duration

    static let windowBounds = 20...100_000

    /// 1 to 5 attempts, threshold 0.8, a window of 100 calls, retries all errors.
    public static let standard = literal(try AdaptiveRetryPolicy())

    /// Creates a policy.
    ///
    /// - Throws: ``PolicyError`` if a value is outside its bounds.
    public init(
        minAttempts: Int = 1, maxAttempts: Int = 5, successThreshold: Double = 0.8,
        window: Int = 100, rule: Rule = .recovering, classifier: ErrorClassifier? = nil,
        results: ResultClassifier? = nil, maxRetryAfter: Duration = .seconds(60)
    ) throws(PolicyError) {
        let bounds = RetryPolicy.attemptBounds
        try PolicyError.require(
            bounds.contains(minAttempts), "AdaptiveRetryPolicy.minAttempts", "1 to 1000000",
            got: minAttempts)
        try PolicyError.require(
            maxAttempts >= minAttempts && maxAttempts <= bounds.upperBound,
            "AdaptiveRetryPolicy.maxAttempts", "at least minAttempts and at most 1000000",
            got: maxAttempts)
        try PolicyError.require(
            successThreshold >= 0 && successThreshold <= 1,
            "AdaptiveRetryPolicy.successThreshold", "0 to 1", got: successThreshold)
        try PolicyError.require(
            Self.windowBounds.contains(window), "AdaptiveRetryPolicy.window", "20 to 100000",
            got: window)
        try RetryPolicy.requireRetryAfter(maxRetryAfter, "AdaptiveRetryPolicy")
        self.minAttempts = minAttempts
        self.maxAttempts = maxAttempts
        self.successThreshold = successThreshold
        self.window = window
        self.rule = rule
        self.classifier = classifier
        self.results = results
        self.maxRetryAfter = maxRetryAfter
    }
}
