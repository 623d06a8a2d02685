/// Tries again after a failure, with growing delays: the guide's exponential backoff with jitter.
///
/// Cancellation and rejections are never retried. The final error is the last one thrown. A wait
/// that the server asks for (``ClassifiedError/retryAfter``) wins over the computed one.
public final class Retry: BlockingStrategy {
    /// Called before each wait: the attempt that failed, from 1, its error, and the delay.
    public typealias OnRetry =
        @Sendable (_ attempt: Int, _ error: any Error, _ delay: Duration) -> Void

    /// The present number of attempts, an operator's change included.
    public let maxAttempts: Limit

    /// What limits retries beyond the attempts; may be shared between strategies.
    public let budget: RetryBudget?

    private let policy: RetryPolicy
    private let random: RandomSource
    @usableFromInline let retrier: Retrier

    /// A retry with a policy; clocks and random source are for tests.
    ///
    /// - Parameter wallClock: the time since 1970, for a `Retry-After` that names a date.
    public init(
        _ policy: RetryPolicy = .standard, budget: RetryBudget? = nil,
        time: TimeSource = .monotonic, random: RandomSource = .system,
        wallClock: @escaping @Sendable () -> Duration = RetryAfter.systemClock,
        onRetry: OnRetry? = nil
    ) {
        self.policy = policy
        self.budget = budget
        self.random = random
        retrier = Retrier(
            classifier: policy.classifier, results: policy.results, budget: budget, time: time,
            random: random, wallClock: wallClock, onRetry: onRetry)
        let bounds = RetryPolicy.attemptBounds
        maxAttempts = Limit(
            "max_attempts", Double(policy.maxAttempts),
            in: Double(bounds.lowerBound)...Double(bounds.upperBound), unit: "attempts")
    }

    /// The same retry under another limit.
    init(_ other: Retry, maxAttempts: Limit) {
        policy = other.policy
        budget = other.budget
        random = other.random
        retrier = other.retrier
        self.maxAttempts = maxAttempts
    }

    /// Runs the operation until it succeeds, the attempts are used up, or an error is not worth
    /// another one.
    @inlinable
    public func run<Success, Failure: Error>(
        _ call: inout Call,
        _ operation: (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        retrier.begin(&call)
        var machine = begin()
        while true {
            do throws(CallError<Failure>) {
                let success = try await operation(&call)
                guard retrier.judgesResults, let error = retrier.error(for: success, &call)
                else {
                    retrier.succeeded()
                    return success
                }
                guard let delay = delay(after: error, &machine, &call) else { return success }
                guard await retrier.wait(delay, machine, call.meter) else { throw .cancelled }
            } catch {
                guard let delay = delay(after: error, &machine, &call) else { throw error }
                guard await retrier.wait(delay, machine, call.meter) else { throw .cancelled }
            }
        }
    }

    /// Runs the operation, blocking the thread between attempts.
    @inlinable
    public func runBlocking<Success, Failure: Error>(
        _ call: inout Call, _ operation: (inout Call) throws(CallError<Failure>) -> Success
    ) throws(CallError<Failure>) -> Success {
        retrier.begin(&call)
        var machine = begin()
        while true {
            do throws(CallError<Failure>) {
                let success = try operation(&call)
                guard retrier.judgesResults, let error = retrier.error(for: success, &call)
                else {
                    retrier.succeeded()
                    return success
                }
                guard let delay = delay(after: error, &machine, &call) else { return success }
                guard retrier.block(delay, machine, call.meter) else { throw .cancelled }
            } catch {
                guard let delay = delay(after: error, &machine, &call) else { throw error }
                guard retrier.block(delay, machine, call.meter) else { throw .cancelled }
            }
        }
    }

    /// Adds `retry` and its limit.
    public func describe(into facets: inout Facets) {
        facets.kinds.append("retry")
        facets.add(maxAttempts)
        budget?.describe(into: &facets)
    }

    /// Read once, at the call's start: a limit that moves meanwhile counts from the next call.
    @usableFromInline
    func begin() -> StateMachine {
        StateMachine(
            maxAttempts: Int(maxAttempts.value), maxRetryAfter: policy.maxRetryAfter)
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
