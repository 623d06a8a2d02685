/// The number of attempts, the delays, and the errors to retry.
public struct RetryPolicy: Sendable {
    /// The number of attempts including the first; 1 to 1,000,000.
    public let maxAttempts: Int
    /// The delays before retries.
    public let backoff: Backoff
    /// A custom delay before retry `retry` (from 0) after `error`. ``backoff`` applies if this is
    /// `nil` or returns `nil`. Clamped to 0 to 365 days.
    public let delay: (@Sendable (_ retry: Int, _ error: any Error) -> Duration?)?
    /// Decides which errors are retried; `nil` retries all errors.
    public let classifier: ErrorClassifier?
    /// Decides which returned values are treated as errors; `nil` for none.
    public let results: ResultClassifier?

    /// The longest wait that a server can request with `Retry-After`, 0 to 365 days. If it requests
    /// more, there is no retry.
    public let maxRetryAfter: Duration

    /// 3 attempts with the standard backoff for all errors; a server can request a wait of up to 60
    /// s.
    public static let standard = literal(try RetryPolicy())

    /// Creates a policy.
    ///
    /// - Throws: ``PolicyError`` if a value is outside its bounds.
    public init(
        maxAttempts: Int = 3, backoff: Backoff = .standard,
        delay: (@Sendable (_ retry: Int, _ error: any Error) -> Duration?)? = nil,
        classifier: ErrorClassifier? = nil, results: ResultClassifier? = nil,
        maxRetryAfter: Duration = .seconds(60)
    ) throws(PolicyError) {
        try PolicyError.require(
            Self.attemptBounds.contains(maxAttempts), "RetryPolicy.maxAttempts", "1 to 1000000",
            got: maxAttempts)
        try Self.requireRetryAfter(maxRetryAfter, "RetryPolicy")
        self.maxAttempts = maxAttempts
        self.backoff = backoff
        self.delay = delay
        self.classifier = classifier
        self.results = results
        self.maxRetryAfter = maxRetryAfter
    }

    static let attemptBounds = 1...1_000_000

    static func requireRetryAfter(_ time: Duration, _ owner: String) throws(PolicyError) {
        try PolicyError.require(
            time >= .zero && time <= Backoff.longest, "\(owner).maxRetryAfter", "0 s to 365 days",
            got: time)
    }
}
