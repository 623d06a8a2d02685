/// Retries failed operations with growing delays: the guide's exponential backoff with jitter.
///
/// Cancellation and rejections are never retried. The error of the call is that of the last
/// attempt. A wait that the server requests (``ClassifiedError/retryAfter``) is a lower bound of
/// the delay.
public final class Retry: BlockingStrategy, Retrying {
    /// Called before each wait with the number of the failed attempt (from 1), its error, and the
    /// delay.
    public typealias OnRetry =
        @Sendable (_ attempt: Int, _ error: any Error, _ delay: Duration) -> Void

    /// The present number of attempts, including an operator's change.
    public let maxAttempts: Limit

    /// Limits retries in addition to `maxAttempts`; can be shared between strategies.
    public let budget: RetryBudget?

    private let policy: RetryPolicy
    private let random: RandomSource
    @usableFromInline let retrier: Retrier
    @usableFromInline let maxRetryAfter: Duration
    /// Whether the policy classifies returned values as errors.
    @usableFromInline let judgesResults: Bool

    /// Creates a retry with a policy. Tests may replace the clocks and the random source.
    ///
    /// - Parameter wallClock: the time since 1970, for a `Retry-After` that contains a date.
    public init(
        _ policy: RetryPolicy = .standard, budget: RetryBudget? = nil,
        time: TimeSource = .monotonic, random: RandomSource = .system,
        wallClock: @escaping @Sendable () -> Duration = RetryAfter.systemClock,
        onRetry: OnRetry? = nil
    ) {
        self.policy = policy
        self.budget = budget
        self.random = random
        maxRetryAfter = policy.maxRetryAfter
        judgesResults = policy.results != nil
        retrier = Retrier(
            classifier: policy.classifier, results: policy.results, budget: budget, time: time,
            random: random, wallClock: wallClock, onRetry: onRetry)
        let bounds = RetryPolicy.attemptBounds
        maxAttempts = Limit(
            "max_attempts", Double(policy.maxAttempts),
            in: Double(bounds.lowerBound)...Double(bounds.upperBound), unit: "attempts")
    }

    /// Creates a copy of a retry with another limit.
    init(_ other: Retry, maxAttempts: Limit) {
        policy = other.policy
        budget = other.budget
        random = other.random
        retrier = other.retrier
        maxRetryAfter = other.maxRetryAfter
        judgesResults = other.judgesResults
        self.maxAttempts = maxAttempts
    }

    /// Runs the operation until it succeeds, the attempts are used up, or an error is not
    /// retryable.
    @inlinable
    public func run<Success, Failure: Error>(
        _ call: inout Call,
        _ operation: (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        try await retry(&call, operation)
    }

    /// Runs the operation, blocking the thread between attempts.
    @inlinable
    public func runBlocking<Success, Failure: Error>(
        _ call: inout Call, _ operation: (inout Call) throws(CallError<Failure>) -> Success
    ) throws(CallError<Failure>) -> Success {
        try retryBlocking(&call, operation)
    }

    /// Adds the kind `retry` and the limit.
    public func describe(into facets: inout Facets) {
        facets.kinds.append("retry")
        facets.add(maxAttempts)
        budget?.describe(into: &facets)
    }

    @inlinable
    func succeeded(attempts _: Int) {
        if let budget { budget.succeeded() }
    }

    @usableFromInline
    func delay<Failure: Error>(
        after error: CallError<Failure>, _ machine: inout StateMachine, _ call: inout Call
    ) -> Duration? {
        retrier.delay(after: error, &machine, &call) { retry, previous in
            policy.delay?(retry, error.cause).map { min(max(.zero, $0), Backoff.longest) }
                ?? policy.backoff.delay(beforeRetry: retry, previous: previous, random: random)
        }
    }
}
