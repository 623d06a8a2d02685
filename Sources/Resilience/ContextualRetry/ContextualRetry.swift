import Synchronization

/// A retry for each context, such as `database`; an unknown context takes the default.
///
/// A context holds a ``Retry``, which is a policy with its classifier: other strategies differ in
/// type and would have to be erased. Put the context's retry into a pipeline to combine them:
///
/// ```swift
/// let rows = Pipeline {
///     contexts.retry(for: "database")
///     CircuitBreaker()
/// }
/// ```
public final class ContextualRetry: Sendable {
    /// The guide's contexts: `database`, `api` and `ml_model`.
    public static let guide: [String: RetryPolicy] = [
        "database": .database, "api": .api, "ml_model": .mlModel,
    ]

    private let fallback: Retry
    private let time: TimeSource
    private let random: RandomSource
    private let retries: Mutex<[String: Retry]>

    /// Contexts with their policies; clock and random source are for tests.
    public init(
        _ policies: [String: RetryPolicy] = ContextualRetry.guide,
        default policy: RetryPolicy = .standard,
        time: TimeSource = .monotonic, random: RandomSource = .system
    ) {
        self.time = time
        self.random = random
        fallback = Retry(policy, time: time, random: random)
        retries = Mutex(policies.mapValues { Retry($0, time: time, random: random) })
    }

    /// The registered contexts, sorted.
    public var contexts: [String] {
        retries.withLock { $0.keys.sorted() }
    }

    /// Sets the policy, and with it the classifier, of a context. Safe while calls run: those under
    /// way end as they began.
    public func register(_ policy: RetryPolicy, for context: String) {
        register(Retry(policy, time: time, random: random), for: context)
    }

    /// Sets the retry of a context, such as one with a budget.
    public func register(_ retry: Retry, for context: String) {
        retries.withLock { $0[context] = retry }
    }

    /// The retry of a context; the default where there is none.
    public func retry(for context: String) -> Retry {
        retries.withLock { $0[context] } ?? fallback
    }

    /// Calls `operation` under the context's retry.
    ///
    /// - Throws: ``CallError``, as ``Strategy/call(_:)`` does.
    public func call<Success: Sendable, Failure: Error>(
        in context: String, _ operation: @Sendable () async throws(Failure) -> Success
    ) async throws(CallError<Failure>) -> Success {
        try await retry(for: context).call(operation)
    }

    /// Calls `operation` under the context's retry on the caller's thread.
    ///
    /// - Throws: ``CallError``, as ``BlockingStrategy/callBlocking(_:)`` does.
    public func callBlocking<Success, Failure: Error>(
        in context: String, _ operation: () throws(Failure) -> Success
    ) throws(CallError<Failure>) -> Success {
        try retry(for: context).callBlocking(operation)
    }
}
