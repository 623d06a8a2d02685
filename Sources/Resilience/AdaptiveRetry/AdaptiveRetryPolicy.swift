/// Between which bounds and by which rule the number of attempts follows the results.
public struct AdaptiveRetryPolicy: Sendable {
    /// When the number of attempts rises; it falls by the same rule in both.
    public enum Rule: Equatable, Sendable, CaseIterable {
        /// At a success rate below 0.5 with an average above min(3, current - 0.5) attempts a call.
        case recovering
        /// The guide's: below 0.5 with an average above 3, which can't happen once the maximum is 3
        /// or less. A ratchet.
        case guide
    }

    /// The number of attempts does not fall below it; 1 to 1,000,000.
    public let minAttempts: Int
    /// The number of attempts starts here and does not rise above it; `minAttempts` to 1,000,000.
    public let maxAttempts: Int
    /// The success rate above which the number of attempts falls; 0 to 1.
    public let successThreshold: Double
    /// How many of the latest calls count; 20, below which nothing is decided, to 100,000.
    public let window: Int
    /// When the number of attempts rises.
    public let rule: Rule
    /// Which errors are worth another attempt; `nil` for all of them.
    public let classifier: ErrorClassifier?
    /// Which returned values stand for errors; `nil` for none.
    public let results: ResultClassifier?
    /// The longest wait that a server may ask for with `Retry-After`; 0 to 365 days.
    public let maxRetryAfter: Duration

    static let windowBounds = 20...100_000

    /// 1 to 5 attempts, threshold 0.8, the latest 100 calls, for every error.
    public static let standard = literal(try AdaptiveRetryPolicy())

    /// A policy of one's own.
    ///
    /// - Throws: ``PolicyError`` where a value is outside its bounds.
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
