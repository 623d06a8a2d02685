/// When to try again, and how often.
public struct RetryPolicy: Sendable {
    /// Attempts in all, the first included; 1 to 1,000,000.
    public let maxAttempts: Int
    /// How long to wait before each retry.
    public let backoff: Backoff
    /// Which errors are worth another attempt; `nil` for all of them.
    public let classifier: ErrorClassifier?

    /// The longest wait that a server may ask for with `Retry-After`; where it asks for more, there
    /// is no retry. 0 to 365 days.
    public let maxRetryAfter: Duration

    /// 3 attempts with the standard backoff, for every error; a server may ask for a wait of 60 s.
    public static let standard = RetryPolicy(
        checked: 3, backoff: .standard, classifier: nil)

    init(
        checked maxAttempts: Int, backoff: Backoff, classifier: ErrorClassifier?,
        maxRetryAfter: Duration = .seconds(60)
    ) {
        self.maxAttempts = maxAttempts
        self.backoff = backoff
        self.classifier = classifier
        self.maxRetryAfter = maxRetryAfter
    }

    /// A policy of one's own.
    ///
    /// - Throws: ``PolicyError`` where a value is outside its bounds.
    public init(
        maxAttempts: Int = 3, backoff: Backoff = .standard, classifier: ErrorClassifier? = nil,
        maxRetryAfter: Duration = .seconds(60)
    ) throws(PolicyError) {
        try PolicyError.require(
            Self.attemptBounds.contains(maxAttempts), "RetryPolicy.maxAttempts", "1 to 1000000",
            got: maxAttempts)
        try Self.requireRetryAfter(maxRetryAfter, "RetryPolicy")
        self.init(
            checked: maxAttempts, backoff: backoff, classifier: classifier,
            maxRetryAfter: maxRetryAfter)
    }

    static let attemptBounds = 1...1_000_000

    static func requireRetryAfter(_ time: Duration, _ owner: String) throws(PolicyError) {
        try PolicyError.require(
            time >= .zero && time <= Backoff.longest, "\(owner).maxRetryAfter", "0 s to 365 days",
            got: time)
    }
}
