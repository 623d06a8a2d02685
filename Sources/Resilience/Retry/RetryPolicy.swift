/// When to try again, and how often.
public struct RetryPolicy: Sendable {
    /// Attempts in all, the first included; 1 to 1,000,000.
    public let maxAttempts: Int
    /// How long to wait before each retry.
    public let backoff: Backoff
    /// A wait of one's own before retry `retry`, from 0, after `error`; `nil`, or where it returns
    /// `nil`: that of ``backoff``. Held to 0 to 365 days.
    public let delay: (@Sendable (_ retry: Int, _ error: any Error) -> Duration?)?
    /// Which errors are worth another attempt; `nil` for all of them.
    public let classifier: ErrorClassifier?
    /// Which returned values stand for errors; `nil` for none.
    public let results: ResultClassifier?

    /// The longest wait that a server may ask for with `Retry-After`; where it asks for more, there
    /// is no retry. 0 to 365 days.
    public let maxRetryAfter: Duration

    /// 3 attempts with the standard backoff, for every error; a server may ask for a wait of 60 s.
    public static let standard = literal(try RetryPolicy())

    /// A policy of one's own.
    ///
    /// - Throws: ``PolicyError`` where a value is outside its bounds.
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
