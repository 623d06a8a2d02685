/// Retries the failed items of a batch: the guide's partial failures, "when part of an operation
/// succeeds". Attempts, delays and classifier come from a ``RetryPolicy``.
///
/// If several failed items have a `Retry-After`, the longest is used. An item is not retried if its
/// error is not retryable or if its `Retry-After` exceeds the policy's maximum. The other items are
/// still retried.
public final class BatchRetry: Monitorable {
    /// Called before each wait with the number of the attempt that ended (from 1), the number of
    /// open items, and the delay.
    public typealias OnRetry =
        @Sendable (_ attempt: Int, _ open: Int, _ delay: Duration) -> Void

    /// The operation returned a different number of results than it was given items.
    public struct WrongCount: Error, Equatable, Sendable, CustomStringConvertible {
        /// The number of items.
        public let expected: Int
        /// The number of results.
        public let got: Int

        /// A sentence with both numbers.
        public var description: String {
            "the operation was given \(expected) items and returned \(got) results"
        }
    }

    /// The present number of attempts, including an operator's change.
    public let maxAttempts: Limit
    /// Limits retries in addition to `maxAttempts`; can be shared between strategies.
    public let budget: RetryBudget?
    /// Counts the outcomes of batches.
    public let meter = BatchMeter()

    private let policy: RetryPolicy
    private let random: RandomSource
    private let retrier: Retrier
    private let onRetry: OnRetry?

    /// Creates a batch retry with a policy. Tests may replace the clocks and the random source.
    public init(
        _ policy: RetryPolicy = .standard, budget: RetryBudget? = nil,
        time: TimeSource = .monotonic, random: RandomSource = .system,
        wallClock: @escaping @Sendable () -> Duration = RetryAfter.systemClock,
        onRetry: OnRetry? = nil
    ) {
        self.policy = policy
        self.budget = budget
        self.random = random
        self.onRetry = onRetry
        retrier = Retrier(
            classifier: policy.classifier, results: nil, budget: budget, time: time,
            random: random, wallClock: wallClock, onRetry: nil)
        let bounds = RetryPolicy.attemptBounds
        maxAttempts = Limit(
            "max_attempts", Double(policy.maxAttempts),
            in: Double(bounds.lowerBound)...Double(bounds.upperBound), unit: "attempts")
    }

    /// Runs the operation with all items, then again with the items that failed.
    ///
    /// - Parameter operation: takes the open items and returns a result for each, in their order.
    ///   It does not throw; if all of it fails, it returns a failure for each item.
    /// - Throws: ``WrongCount`` if the operation returns a different number of results.
    public func call<Item, Success: Sendable, Failure: Error>(
        _ items: [Item],
        _ operation: ([Item]) async -> [Result<Success, Failure>]
    ) async throws(WrongCount) -> BatchOutcome<Success, Failure> {
        var call = Call()
        return try await run(&call, items, operation)
    }

    /// The blocking form of ``call(_:_:)``: blocks the thread between attempts.
    ///
    /// - Parameter operation: as in ``call(_:_:)``.
    /// - Throws: ``WrongCount`` if the operation returns a different number of results.
    public func callBlocking<Item, Success, Failure: Error>(
        _ items: [Item], _ operation: ([Item]) -> [Result<Success, Failure>]
    ) throws(WrongCount) -> BatchOutcome<Success, Failure> {
        var call = Call()
        return try runBlocking(&call, items, operation)
    }

    /// Adds the kind `batch`, the counts, the limit and the budget.
    public func describe(into facets: inout Facets) {
        facets.kinds.append("batch")
        if facets.batch == nil { facets.batch = meter }
        facets.add(maxAttempts)
        budget?.describe(into: &facets)
    }

    func run<Item, Success: Sendable, Failure: Error>(
        _ call: inout Call, _ items: [Item],
        _ operation: ([Item]) async -> [Result<Success, Failure>]
    ) async throws(WrongCount) -> BatchOutcome<Success, Failure> {
        var batch = begin(items.count, &call) as StateMachine<Success, Failure>
        while !batch.open.isEmpty {
            if Task.isCancelled {
                batch.cancelled()
                break
            }
            let open = batch.open.map { items[$0] }
            call.start()
            let latest = await operation(open).map { $0.mapError(meaning) }
            guard let delay = try next(&batch, latest, &call) else { break }
            if await !retrier.wait(delay, batch.machine, call.meter) { batch.cancelled() }
        }
        meter.count(batch.outcome)
        return batch.outcome
    }

    func runBlocking<Item, Success, Failure: Error>(
        _ call: inout Call, _ items: [Item], _ operation: ([Item]) -> [Result<Success, Failure>]
    ) throws(WrongCount) -> BatchOutcome<Success, Failure> {
        var batch = begin(items.count, &call) as StateMachine<Success, Failure>
        while !batch.open.isEmpty {
            let open = batch.open.map { items[$0] }
            call.start()
            let latest = operation(open).map { $0.mapError(meaning) }
            guard let delay = try next(&batch, latest, &call) else { break }
            if !retrier.block(delay, batch.machine, call.meter) { batch.cancelled() }
        }
        meter.count(batch.outcome)
        return batch.outcome
    }

    private func begin<Success, Failure: Error>(
        _ items: Int, _ call: inout Call
    ) -> StateMachine<Success, Failure> {
        if items > 0, let budget, call.take(budget) { budget.callStarted() }
        return StateMachine(
            items: items,
            Retry.StateMachine(
                limit: maxAttempts.value, maxRetryAfter: policy.maxRetryAfter))
    }

    /// Returns the wait before the next attempt; `nil` if there is no further attempt.
    private func next<Success, Failure: Error>(
        _ batch: inout StateMachine<Success, Failure>,
        _ latest: [Result<Success, CallError<Failure>>], _ call: inout Call
    ) throws(WrongCount) -> Duration? {
        let action = try batch.ended(latest, retrier) { retry, previous in
            policy.backoff.delay(beforeRetry: retry, previous: previous, random: random)
        }
        if case .operation(let failure) = batch.failure(after: latest) { _ = call.fail(failure) }
        switch action {
        case .done:
            return nil
        case .retry(let attempt, let open, let delay):
            onRetry?(attempt, open, delay)
            return delay
        }
    }

    private func meaning<Failure: Error>(of error: Failure) -> CallError<Failure> {
        Task.isCancelled ? .cancelled : CallError(error)
    }
}
