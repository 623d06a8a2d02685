import Synchronization

/// A retry whose number of attempts follows the results of the latest calls. It falls while nearly
/// all calls succeed at once, and rises while calls succeed only after several attempts.
///
/// If everything fails, more attempts would add load to a failing service. With a budget or a
/// breaker attached, the number rises only while the budget has tokens and the breaker is closed.
public final class AdaptiveRetry: BlockingStrategy, Retrying {
    /// The figures that the rule uses; the guide's `get_stats`.
    public struct Snapshot: Equatable, Sendable {
        /// The present number of attempts.
        public let currentMaximum: Int
        /// The share of the calls in the window that succeeded, 0 to 1; `nil` if the window is
        /// empty.
        public let successRate: Double?
        /// Attempts per call in the window; `nil` if the window is empty.
        public let averageAttempts: Double?
        /// Calls in the window.
        public let sampleSize: Int
    }

    /// The present number of attempts. The rule moves it unless it is pinned.
    public let maxAttempts: Limit
    /// The lower bound of the number of attempts.
    public let attemptsFloor: Limit
    /// The upper bound of the number of attempts. It takes precedence over the floor.
    public let attemptsCeiling: Limit
    /// The success rate above which the number of attempts falls.
    public let successThreshold: Limit
    /// The size of the window in calls. The latest results survive a change.
    public let window: Limit
    /// Limits retries in addition to `maxAttempts`; can be shared between strategies.
    public let budget: RetryBudget?

    private let policy: AdaptiveRetryPolicy
    private let breaker: CircuitBreaker?
    private let random: RandomSource
    private let machine: Mutex<StateMachine>
    @usableFromInline let retrier: Retrier
    @usableFromInline let maxRetryAfter: Duration
    /// Whether the policy classifies returned values as errors.
    @usableFromInline let judgesResults: Bool

    /// Creates an adaptive retry with a policy. Tests may replace the clocks and the random source.
    ///
    /// - Parameters:
    ///   - breaker: the breaker that guards the same service. The number of attempts does not rise
    ///     while it is not closed.
    ///   - wallClock: the time since 1970, for a `Retry-After` that contains a date.
    public init(
        _ policy: AdaptiveRetryPolicy = .standard, budget: RetryBudget? = nil,
        breaker: CircuitBreaker? = nil, time: TimeSource = .monotonic,
        random: RandomSource = .system,
        wallClock: @escaping @Sendable () -> Duration = RetryAfter.systemClock,
        onRetry: Retry.OnRetry? = nil
    ) {
        self.policy = policy
        self.budget = budget
        self.breaker = breaker
        self.random = random
        machine = Mutex(StateMachine(rule: policy.rule, window: policy.window))
        maxRetryAfter = policy.maxRetryAfter
        judgesResults = policy.results != nil
        retrier = Retrier(
            classifier: policy.classifier, results: policy.results, budget: budget, time: time,
            random: random, wallClock: wallClock, onRetry: onRetry)
        let bounds = RetryPolicy.attemptBounds
        let attempts = Double(bounds.lowerBound)...Double(bounds.upperBound)
        let windows = AdaptiveRetryPolicy.windowBounds
        maxAttempts = Limit(
            "max_attempts", Double(policy.maxAttempts), in: attempts, unit: "attempts")
        attemptsFloor = Limit(
            "attempts_floor", Double(policy.minAttempts), in: attempts, unit: "attempts")
        attemptsCeiling = Limit(
            "attempts_ceiling", Double(policy.maxAttempts), in: attempts, unit: "attempts")
        successThreshold = Limit(
            "success_threshold", policy.successThreshold, in: 0...1, unit: "share")
        window = Limit(
            "window", Double(policy.window),
            in: Double(windows.lowerBound)...Double(windows.upperBound), unit: "calls")
        for limit in [maxAttempts, attemptsFloor, attemptsCeiling] {
            limit.onChange { [weak self] _ in self?.hold() }
        }
    }

    /// The present number of attempts and the figures that the rule uses. Reading it has no side
    /// effects.
    public var snapshot: Snapshot {
        machine.withLock { machine in
            Snapshot(
                currentMaximum: Int(maxAttempts.value), successRate: machine.successRate,
                averageAttempts: machine.averageAttempts, sampleSize: machine.sampleSize)
        }
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

    /// Adds the kind `adaptive`, the limits and the budget.
    public func describe(into facets: inout Facets) {
        facets.kinds.append("adaptive")
        for limit in [maxAttempts, attemptsFloor, attemptsCeiling, successThreshold, window] {
            facets.add(limit)
        }
        budget?.describe(into: &facets)
    }

    @usableFromInline
    func succeeded(attempts: Int) {
        budget?.succeeded()
        record(success: true, attempts: attempts)
    }

    @usableFromInline
    func delay<Failure: Error>(
        after error: CallError<Failure>, _ machine: inout Retry.StateMachine, _ call: inout Call
    ) -> Duration? {
        let made = machine.attempts
        let delay = retrier.delay(after: error, &machine, &call) { retry, _ in
            self.machine.withLock { $0.delay(afterAttempt: retry + 1, random: random) }
        }
        guard delay == nil else { return delay }
        switch error {
        case .operation, .timedOut: record(success: false, attempts: made)
        // Rejections and cancellation say nothing about the service.
        case .rejected, .cancelled: break
        }
        return nil
    }

    private func record(success: Bool, attempts: Int) {
        // Evaluated before the lock is taken, because the budget and the breaker have locks of
        // their own.
        let mayRise = success || mayRise
        let (move, seen) = machine.withLock { machine -> (StateMachine.Move?, Double) in
            let current = maxAttempts.value
            let ceiling = attemptsCeiling.value
            let limits = StateMachine.Limits(
                current: Int(current), floor: Int(min(attemptsFloor.value, ceiling)),
                ceiling: Int(ceiling), threshold: successThreshold.value,
                window: Int(window.value))
            let move = machine.record(success: success, attempts: attempts, limits) { mayRise }
            return (move, current)
        }
        guard let move else { return }
        maxAttempts.move(to: Double(move.to), from: seen, why: move.why)
    }

    private var mayRise: Bool {
        guard breaker.map({ $0.snapshot.state == .closed }) ?? true else { return false }
        return budget?.hasTokens ?? true
    }

    /// Clamps the number of attempts to floor and ceiling after one of the three limits changed.
    private func hold() {
        let ceiling = attemptsCeiling.value
        let floor = min(attemptsFloor.value, ceiling)
        let present = maxAttempts.value
        if present > ceiling {
            maxAttempts.move(to: ceiling, from: present, why: "held to attempts_ceiling")
        } else if present < floor {
            maxAttempts.move(to: floor, from: present, why: "held to attempts_floor")
        }
    }
}
