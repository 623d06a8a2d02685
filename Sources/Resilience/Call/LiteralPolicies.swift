// Initialisers for strategies with literal values. An invalid value is a programming error and
// traps with the reason. Values from outside the program go through a policy, whose initialiser
// throws.

extension Backoff {
    /// Creates a backoff from literal values: `initial`, doubling up to `maximum`, unless another
    /// multiplier is given.
    ///
    /// - Precondition: the values are within the bounds of
    ///   ``init(initial:maximum:multiplier:jitter:)``.
    public static func exponential(
        from initial: Duration, upTo maximum: Duration, multiplier: Double = 2,
        jitter: Jitter = .full
    ) -> Backoff {
        literal(
            try Backoff(
                initial: initial, maximum: maximum, multiplier: multiplier, jitter: jitter))
    }
}

extension Retry {
    /// Creates a retry from literal values.
    ///
    /// - Precondition: `maxAttempts` is 1 to 1,000,000.
    public convenience init(
        maxAttempts: Int, backoff: Backoff = .standard, classifier: ErrorClassifier? = nil,
        results: ResultClassifier? = nil, budget: RetryBudget? = nil,
        time: TimeSource = .monotonic, onRetry: OnRetry? = nil
    ) {
        let policy = literal(
            try RetryPolicy(
                maxAttempts: maxAttempts, backoff: backoff, classifier: classifier,
                results: results))
        self.init(policy, budget: budget, time: time, onRetry: onRetry)
    }
}

extension CircuitBreaker {
    /// Creates a breaker from literal values.
    ///
    /// - Precondition: `failureThreshold` is 1 to 1,000,000, and `openFor` 1 ms to 365 days.
    public convenience init(
        failureThreshold: Int, openFor: Duration = .seconds(60),
        classifier: ErrorClassifier? = nil, results: ResultClassifier? = nil,
        time: TimeSource = .monotonic
    ) {
        let policy = literal(
            try CircuitBreakerPolicy(
                failureThreshold: failureThreshold, openFor: openFor, classifier: classifier,
                results: results))
        self.init(policy, time: time)
    }
}

extension Bulkhead {
    /// Creates a bulkhead from literal values.
    ///
    /// - Precondition: the values are within the bounds of ``BulkheadPolicy``.
    public convenience init(
        maxConcurrent: Int, queueSize: Int = 100, maxWait: Duration? = nil,
        time: TimeSource = .monotonic
    ) {
        let policy = literal(
            try BulkheadPolicy(
                maxConcurrent: maxConcurrent, queueSize: queueSize, maxWait: maxWait))
        self.init(policy, time: time)
    }
}

extension Hedge {
    /// Creates a hedge from literal values.
    ///
    /// - Precondition: `delay` is 0 to 365 days, and `maxHedges` 0 to 100.
    public convenience init(
        after delay: Duration, maxHedges: Int = 2, classifier: ErrorClassifier? = nil,
        results: ResultClassifier? = nil, budget: RetryBudget? = nil, disposal: Disposal? = nil,
        time: TimeSource = .monotonic
    ) {
        let policy = literal(
            try HedgePolicy(
                delay: delay, maxHedges: maxHedges, classifier: classifier, results: results))
        self.init(policy, budget: budget, disposal: disposal, time: time)
    }
}
