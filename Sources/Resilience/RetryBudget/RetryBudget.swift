import Synchronization

/// Limits retries, so that they do not add to a storm; the guide's `RetryBudget`. May be shared
/// between strategies.
///
/// It stops *retries* and hedges only: a first attempt always runs. Where it is exhausted the last error comes
/// back, with ``Stop/budget`` as the reason in ``Outcome``.
public final class RetryBudget: Sendable {
    /// What is left, and what was refused.
    public struct Snapshot: Equatable, Sendable {
        /// What is left, 0 to 1: of the retries in the bucket, of the tokens above half, or of the
        /// time of the call that asked last.
        public let remaining: Double
        /// Retries that were not allowed, since the start.
        public let denied: Int
    }

    /// Seconds per call, or the share of a retry that a call (token bucket) or a success
    /// (throttling) adds; may be changed while it runs.
    public let limit: Limit

    private let machine: Mutex<StateMachine>
    private let time: TimeSource
    private let kind: RetryBudgetPolicy.Kind

    /// A budget that is full; the clock is for tests.
    public init(_ policy: RetryBudgetPolicy = .standard, time: TimeSource = .monotonic) {
        self.time = time
        kind = policy.kind
        machine = Mutex(StateMachine(policy))
        let bounds: ClosedRange<Double>
        let unit: String
        switch policy.kind {
        case .time: (bounds, unit) = (0.001...Backoff.longest.seconds, "s")
        case .tokenBucket, .throttling: (bounds, unit) = (RetryBudgetPolicy.shareBounds, "share")
        }
        limit = Limit("retry_budget", policy.kind.size, in: bounds, unit: unit)
    }

    /// What is left and what was refused. Taking it changes nothing.
    public var snapshot: Snapshot {
        let now = time.now
        return machine.withLock { Snapshot(remaining: $0.remaining(now: now), denied: $0.denied) }
    }

    /// Whether a retry that asked now would be allowed; a budget of time is each call's own, so
    /// yes.
    public var hasTokens: Bool {
        let now = time.now
        return machine.withLock { $0.hasTokens(now: now) }
    }

    /// Adds itself and its limit.
    func describe(into facets: inout Facets) {
        if facets.budget == nil { facets.budget = self }
        facets.add(limit)
    }

    @usableFromInline
    func callStarted() {
        // Only the bucket counts calls; the others need neither clock nor lock.
        guard case .tokenBucket = kind else { return }
        let now = time.now
        update { $0.callStarted(now: now) }
    }

    @usableFromInline
    func succeeded() {
        guard case .throttling = kind else { return }
        update { $0.succeeded() }
    }

    func failed() {
        guard case .throttling = kind else { return }
        update { $0.failed() }
    }

    func allowsRetry(after delay: Duration, _ call: inout Retry.StateMachine) -> Bool {
        let now = time.now
        let first = call.mark ?? now
        let isAllowed = update { $0.allowsRetry(after: delay, since: first, now: now) }
        switch kind {
        case .time: call.mark = first
        case .tokenBucket, .throttling: call.mark = now
        }
        return isAllowed
    }

    /// Whether a further request may start beside those of a call.
    ///
    /// - Parameter start: when the call began, for a budget of time.
    func allowsRequest(since start: Instant) -> Bool {
        let now = time.now
        return update { $0.allowsRetry(after: .zero, since: start, now: now) }
    }

    /// A retry that was allowed did not run, because its caller was cancelled meanwhile.
    func retryDidNotRun(_ call: Retry.StateMachine) {
        guard case .tokenBucket = kind, let allowed = call.mark else { return }
        let now = time.now
        update { $0.retryDidNotRun(allowed: allowed, now: now) }
    }

    private func update<Result: Sendable>(_ body: (inout StateMachine) -> Result) -> Result {
        machine.withLock { machine in
            machine.size = limit.value
            return body(&machine)
        }
    }
}
