/// Tries again after a failure, with growing delays: the guide's exponential backoff with jitter.
///
/// Cancellation and rejections are never retried. The final error is the last one thrown.
public final class Retry: BlockingStrategy {
    /// Called before each wait: the attempt that failed, from 1, its error, and the delay.
    public typealias OnRetry =
        @Sendable (_ attempt: Int, _ error: any Error, _ delay: Duration) -> Void

    /// The present number of attempts, an operator's change included.
    public let maxAttempts: Limit

    private let policy: RetryPolicy
    private let onRetry: OnRetry?
    private let time: TimeSource
    private let random: RandomSource

    /// A retry with a policy; clock and random source are for tests.
    public init(
        _ policy: RetryPolicy = .standard, time: TimeSource = .monotonic,
        random: RandomSource = .system, onRetry: OnRetry? = nil
    ) {
        self.policy = policy
        self.time = time
        self.random = random
        self.onRetry = onRetry
        let bounds = RetryPolicy.attemptBounds
        maxAttempts = Limit(
            "max_attempts", Double(policy.maxAttempts),
            in: Double(bounds.lowerBound)...Double(bounds.upperBound), unit: "attempts")
    }

    /// Runs the operation until it succeeds, the attempts are used up, or an error is not worth
    /// another one.
    @inlinable
    public func run<Success: Sendable, Failure: Error>(
        _ call: inout Call,
        _ operation: @Sendable (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        var machine = begin()
        while true {
            do throws(CallError<Failure>) {
                return try await operation(&call)
            } catch {
                guard let delay = delay(after: error, &machine) else { throw error }
                guard await wait(delay, call.meter) else { throw .cancelled }
            }
        }
    }

    /// Runs the operation, blocking the thread between attempts.
    @inlinable
    public func runBlocking<Success, Failure: Error>(
        _ call: inout Call, _ operation: (inout Call) throws(CallError<Failure>) -> Success
    ) throws(CallError<Failure>) -> Success {
        var machine = begin()
        while true {
            do throws(CallError<Failure>) {
                return try operation(&call)
            } catch {
                guard let delay = delay(after: error, &machine) else { throw error }
                guard block(delay, call.meter) else { throw .cancelled }
            }
        }
    }

    /// Adds `retry` and its limit.
    public func describe(into facets: inout Facets) {
        facets.kinds.append("retry")
        facets.add(maxAttempts)
    }

    /// Read once, at the call's start: a limit that moves meanwhile counts from the next call.
    @usableFromInline
    func begin() -> StateMachine {
        StateMachine(backoff: policy.backoff, maxAttempts: Int(maxAttempts.value))
    }

    /// Waits for the next attempt; `false` where the caller was cancelled.
    @usableFromInline
    func wait(_ delay: Duration, _ meter: Meter?) async -> Bool {
        meter?.startWaiting()
        defer { meter?.stopWaiting() }
        do { try await time.sleep(for: delay) } catch { return false }
        return true
    }

    /// Blocks until the next attempt; `false` where the caller was cancelled.
    @usableFromInline
    func block(_ delay: Duration, _ meter: Meter?) -> Bool {
        meter?.startWaiting()
        defer { meter?.stopWaiting() }
        time.block(for: delay)
        return !Task.isCancelled
    }

    @usableFromInline
    func delay<Failure: Error>(
        after error: CallError<Failure>, _ machine: inout StateMachine
    ) -> Duration? {
        let attempt = machine.attempts
        switch machine.failed(retryable: policy.isRetryable(error), random: random) {
        case .giveUp:
            return nil
        case .retry(let delay):
            onRetry?(attempt, error.underlying, delay)
            return delay
        }
    }
}

extension CallError {
    /// The operation's own error, where it is one.
    var underlying: any Error {
        if case .operation(let failure) = self { failure } else { self }
    }
}
