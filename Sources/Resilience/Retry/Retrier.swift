/// The steps of every retrying strategy between two attempts: check whether the error is retryable,
/// take a token from the budget, call the observer, and wait.
///
/// A class, so that calls do not copy it.
@usableFromInline
final class Retrier: Sendable {
    @usableFromInline
    typealias OnRetry = @Sendable (_ attempt: Int, _ error: any Error, _ delay: Duration) -> Void

    let classifier: ErrorClassifier?
    private let results: ResultClassifier?
    @usableFromInline let budget: RetryBudget?
    let time: TimeSource
    let random: RandomSource
    let wallClock: @Sendable () -> Duration
    let onRetry: OnRetry?

    init(
        classifier: ErrorClassifier?, results: ResultClassifier?, budget: RetryBudget?,
        time: TimeSource, random: RandomSource, wallClock: @escaping @Sendable () -> Duration,
        onRetry: OnRetry?
    ) {
        self.classifier = classifier
        self.results = results
        self.budget = budget
        self.time = time
        self.random = random
        self.wallClock = wallClock
        self.onRetry = onRetry
    }

    /// Returns the error that a returned value represents.
    @usableFromInline
    func error<Success>(for success: Success, _ call: inout Call) -> CallError<any Error>? {
        guard let error = results?.error(for: success) else { return nil }
        call.returned(error)
        return .operation(error)
    }

    /// Returns the wait before the next attempt. If there is none, returns `nil` and stores the
    /// reason in `call`.
    func delay<Failure: Error>(
        after error: CallError<Failure>, _ machine: inout Retry.StateMachine, _ call: inout Call,
        computed: (_ retry: Int, _ previous: Duration?) -> Duration
    ) -> Duration? {
        let attempt = machine.attempts
        let isRetryable = isRetryable(error, call)
        if isRetryable { budget?.failed() }
        let action = machine.failed(
            retryable: isRetryable, retryAfter: isRetryable ? retryAfter(error) : nil,
            random: random, delay: computed)
        switch action {
        case .giveUp(let stop):
            if case .cancelled = error { call.stopped = nil } else { call.stopped = stop }
            return nil
        case .retry(let delay):
            guard budget?.allowsRetry(after: delay, &machine) ?? true else {
                call.stopped = .budget
                return nil
            }
            onRetry?(attempt, error.cause, delay)
            return delay
        }
    }

    func isRetryable<Failure: Error>(_ error: CallError<Failure>, _ call: borrowing Call) -> Bool {
        !call.isCommitted && isRetryable(error)
    }

    func isRetryable<Failure: Error>(_ error: CallError<Failure>) -> Bool {
        switch error {
        case .operation, .timedOut: classifier?.isRetryable(error.cause) ?? true
        case .rejected, .cancelled: false
        }
    }

    func retryAfter<Failure: Error>(_ error: CallError<Failure>) -> Duration? {
        guard case .operation = error else { return nil }
        return (error.cause as? any ClassifiedError)?.retryAfter?.delay(sinceEpoch: wallClock())
    }

    /// Waits for the next attempt. If the caller was cancelled, returns its token to the budget and
    /// returns `false`.
    @usableFromInline
    func wait(_ delay: Duration, _ machine: Retry.StateMachine?, _ meter: Meter?) async -> Bool {
        meter?.startWaiting()
        defer { meter?.stopWaiting() }
        do { try await time.sleep(for: delay) } catch {
            if let machine { budget?.retryDidNotRun(machine) }
            return false
        }
        return true
    }

    /// Blocks the thread until the next attempt. If the caller was cancelled, returns its token to
    /// the budget and returns `false`.
    @usableFromInline
    func block(_ delay: Duration, _ machine: Retry.StateMachine?, _ meter: Meter?) -> Bool {
        meter?.startWaiting()
        defer { meter?.stopWaiting() }
        time.block(for: delay)
        guard Task.isCancelled else { return true }
        if let machine { budget?.retryDidNotRun(machine) }
        return false
    }
}
