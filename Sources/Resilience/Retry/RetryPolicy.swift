/// When to try again, and how often.
public struct RetryPolicy: Sendable {
    /// Attempts in all, the first included; 1 to 1,000,000.
    public let maxAttempts: Int
    /// How long to wait before each retry.
    public let backoff: Backoff
    /// Which errors are worth another attempt; `nil` for all of them.
    public let classifier: ErrorClassifier?

    /// 3 attempts with the standard backoff, for every error.
    public static let standard = RetryPolicy(
        checked: 3, backoff: .standard, classifier: nil)

    init(checked maxAttempts: Int, backoff: Backoff, classifier: ErrorClassifier?) {
        self.maxAttempts = maxAttempts
        self.backoff = backoff
        self.classifier = classifier
    }

    /// A policy of one's own.
    ///
    /// - Throws: ``PolicyError`` where a value is outside its bounds.
    public init(
        maxAttempts: Int = 3, backoff: Backoff = .standard, classifier: ErrorClassifier? = nil
    ) throws(PolicyError) {
        try PolicyError.require(
            RetryPolicy.attemptBounds.contains(maxAttempts), "RetryPolicy.maxAttempts",
            "1 to 1000000", got: maxAttempts)
        self.init(checked: maxAttempts, backoff: backoff, classifier: classifier)
    }

    static let attemptBounds = 1...1_000_000

    func isRetryable<Failure: Error>(_ error: CallError<Failure>) -> Bool {
        switch error {
        case .operation(let failure): classifier?.isRetryable(failure) ?? true
        case .timedOut: true
        case .rejected, .cancelled: false
        }
    }
}
