import Synchronization

/// Limits retries, so that they do not overload a failing service; the guide's `RetryBudget`. It
/// can be shared between strategies.
///
/// It limits *retries* and hedges only: a first attempt always runs. If it is exhausted, the call
/// throws its last error, and ``Outcome`` has the reason ``Stop/budget``.
public final class RetryBudget: Sendable {
    /// The remaining budget and the number of denied retries.
    public struct Snapshot: Equatable, Sendable {
        /// The remaining share, 0 to 1: of the retries in the bucket, of the tokens above half, or
        /// of the time of the call that asked last.
        public let remaining: Double
        /// The number of denied retries since the start.
        public let denied: Int
    }

    /// Seconds per call, or the share of a retry that a call (token bucket) or a success
    /// (throttling) adds; can be changed at run time.
    public let limit: Limit

    private let machine: Mutex<StateMachine>
    private let time: TimeSource
    private let kind: RetryBudgetPolicy.Kind

    /// Creates a full budget. Tests may replace the clock.
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

    /// The remaining budget and the denied retries. Reading it has no side effects.
    public var snapshot: Snapshot {
        let now = time.now
        return machine.withLock { Snapshot(remaining: $0.remaining(now: now), denied: $0.denied) }
    }

    /// Whether a retry would be allowed now. Always `true` for a time budget, which belongs to each
    /// call.
    public var hasTokens: Bool {
        let now = time.now
        return machine.withLock { $0.hasTokens(now: now) }
    }

    /// Adds the budget and its limit.
    func describe(into facets: inout Facets) {
        if facets.budget == nil { facets.budget = self }
        facets.add(limit)
    }

    @usableFromInline
    func callStarted() {
        // Only the token bucket counts calls; the other kinds need neither clock nor lock.
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

    /// Returns whether a call may start a hedge.
    ///
    /// - Parameter start: the start of the call, for a time budget.
    func allowsRequest(since start: Instant) -> Bool {
        let now = time.now
        return update { $0.allowsRetry(after: .zero, since: start, now: now) }
    }

    /// Returns the token of an allowed retry that did not run because its caller was cancelled.
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
