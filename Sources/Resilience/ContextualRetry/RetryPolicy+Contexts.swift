// The contexts of the guide: its numbers, and its error types as error classes.
extension RetryPolicy {
    /// The guide's `database`: 5 attempts, 0.1 s up to 10 s with full jitter; connection errors and
    /// time-outs.
    public static let database = literal(
        try RetryPolicy(
            maxAttempts: 5,
            backoff: .exponential(from: .milliseconds(100), upTo: .seconds(10)),
            classifier: .classes { $0 == .connection || $0 == .timeout },
            maxRetryAfter: .seconds(60)))

    /// The guide's `api`: 3 attempts, 1 s up to 30 s with full jitter; failed requests, including
    /// HTTP responses with a status that the guide retries.
    public static let api = literal(
        try RetryPolicy(
            maxAttempts: 3,
            backoff: .exponential(from: .seconds(1), upTo: .seconds(30)),
            classifier: .classes { error in
                switch error {
                case .connection, .timeout, .rateLimited, .http: error.isTransient
                case .unavailable, .partial, .authentication, .authorisation, .invalidInput,
                    .businessRule, .notFound, .modelLoading, .inference, .other:
                    false
                }
            },
            maxRetryAfter: .seconds(60)))

    /// The guide's `ml_model`: the default's numbers, because the guide gives none. Retries if a
    /// model could not be loaded or inference failed.
    public static let mlModel = literal(
        try RetryPolicy(
            maxAttempts: 3,
            backoff: .standard,
            classifier: .classes { $0 == .modelLoading || $0 == .inference },
            maxRetryAfter: .seconds(60)))
}
