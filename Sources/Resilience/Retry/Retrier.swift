/// What every retrying strategy does between two attempts: asks whether the error is worth another,
/// asks the budget, tells, and waits.
@usableFromInline
struct Retrier: Sendable {
    @usableFromInline
    typealias OnRetry = @Sendable (_ attempt: Int, _ error: any Error, _ delay: Duration) -> Void

    let classifier: ErrorClassifier?
    @usableFromInline let budget: RetryBudget?
    let time: TimeSource
    let wallClock: @Sendable () -> Duration
    let onRetry: OnRetry?

    @inlinable
    func begin() {
        if let budget { budget.callStarted() }
    }

    @inlinable
    func succeeded() {
        if let budget { budget.succeeded() }
    }

    /// The wait before the next attempt; `nil`, with the reason in `call`, where there is none.
    func delay<Failure: Error>(
        after error: CallError<Failure>, _ machine: inout Retry.StateMachine, _ call: inout Call,
        computed: (_ retry: Int, _ previous: Duration?) -> Duration
    ) -> Duration? {
        let attempt = machine.attempts
        let isRetryable = isRetryable(error)
        if isRetryable { budget?.failed() }
        let action = machine.failed(
            retryable: isRetryable, retryAfter: retryAfter(error), delay: computed)
        switch action {
        case .giveUp(let stop):
            if case .cancelled = error { call.stopped = nil } else { call.stopped = stop }
            return nil
        case .retry(let delay):
            guard budget?.allowsRetry(after: delay, &machine) ?? true else {
                call.stopped = .budget
                return nil
            }
            onRetry?(attempt, error.underlying, delay)
            return delay
        }
    }

    func isRetryable<Failure: Error>(_ error: CallError<Failure>) -> Bool {
        switch error {
        case .operation(let failure): classifier?.isRetryable(failure) ?? true
        case .timedOut: true
        case .rejected, .cancelled: false
        }
    }

    func retryAfter<Failure: Error>(_ error: CallError<Failure>) -> Duration? {
        guard case .operation(let failure) = error, let failure = failure as? any ClassifiedError
        else { return nil }
        return failure.retryAfter?.delay(sinceEpoch: wallClock())
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
}

extension CallError {
    /// The operation's own error, where it is one.
    var underlying: any Error {
        if case .operation(let failure) = self { failure } else { self }
    }
}
