import Synchronization

/// A retry for each context, such as `database`. Unknown contexts use the default.
///
/// A context has a ``Retry``, that is a policy with its classifier. Other strategies have different
/// types and would need type erasure. To combine them, put the context's retry into a pipeline:
///
/// ```swift
/// let rows = Pipeline {
///     contexts.strategy(for: "database")
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
    private let state: Mutex<State>

    /// The number of contexts without a policy that get a limit of their own.
    static let unknownLimit = 1_000

    private struct State {
        var retries: [String: Retry]
        /// The number of contexts in ``bound`` that had no policy when they were bound.
        var unknown = 0
        /// The contexts in use as strategies. Each has a limit of its own, which outlives the
        /// registered retries.
        var bound: [String: Bound] = [:]
    }

    private struct Bound {
        let limit: Limit
        var retry: Retry
    }

    /// Creates contexts with their policies. Tests may replace the clock and the random source.
    public init(
        _ policies: [String: RetryPolicy] = ContextualRetry.guide,
        default policy: RetryPolicy = .standard,
        time: TimeSource = .monotonic, random: RandomSource = .system
    ) {
        self.time = time
        self.random = random
        fallback = Retry(policy, time: time, random: random)
        state = Mutex(
            State(retries: policies.mapValues { Retry($0, time: time, random: random) }))
    }

    /// The registered contexts, sorted.
    public var contexts: [String] {
        state.withLock { $0.retries.keys.sorted() }
    }

    /// Sets the policy of a context, including its classifier. Safe while calls run: they finish
    /// under the policy that they started with.
    public func register(_ policy: RetryPolicy, for context: String) {
        register(Retry(policy, time: time, random: random), for: context)
    }

    /// Sets the retry of a context, such as one with a budget.
    public func register(_ retry: Retry, for context: String) {
        let limit = state.withLock { state in
            state.retries[context] = retry
            guard let limit = state.bound[context]?.limit else { return nil as Limit? }
            state.bound[context]?.retry = Retry(retry, maxAttempts: limit)
            return limit
        }
        limit?.rebase(to: retry.maxAttempts.value, why: "registered for \(context)")
    }

    /// Returns the retry of a context; the default if none is registered.
    public func retry(for context: String) -> Retry {
        state.withLock { $0.retries[context] } ?? fallback
    }

    /// Returns the context as a strategy, for a pipeline or for monitoring. Each call uses the
    /// retry that is registered at its start. The limit `max_attempts` belongs to the context: an
    /// operator's value survives a new registration.
    ///
    /// The first 1,000 contexts without a policy also get limits of their own. Further ones share
    /// the default's limit, so that names from requests cannot exhaust memory.
    public func strategy(for context: String) -> Context {
        state.withLock { state in
            guard state.bound[context] == nil else { return }
            let registered = state.retries[context]
            if registered == nil {
                guard state.unknown < Self.unknownLimit else { return }
                state.unknown += 1
            }
            let retry = registered ?? fallback
            let limit = Limit(copying: retry.maxAttempts)
            state.bound[context] = Bound(limit: limit, retry: Retry(retry, maxAttempts: limit))
        }
        return Context(contexts: self, name: context)
    }

    /// Returns the retry for a call in a context.
    @usableFromInline
    func current(_ context: String) -> Retry {
        state.withLock { $0.bound[context]?.retry ?? $0.retries[context] } ?? fallback
    }

    /// Calls `operation` under the context's retry, in the caller's task.
    ///
    /// - Throws: as ``SerialStrategy/call(_:)`` does.
    @inlinable
    public func call<Success>(
        in context: String, _ operation: () async throws -> Success
    ) async throws -> Success {
        try await current(context).call(operation)
    }

    /// Calls `operation` under the context's retry, and keeps the type of its errors.
    ///
    /// - Throws: ``CallError``, as ``SerialStrategy/call(throwing:_:)`` does.
    @inlinable
    public func call<Success, Failure: Error>(
        in context: String, throwing type: Failure.Type,
        _ operation: () async throws(Failure) -> Success
    ) async throws(CallError<Failure>) -> Success {
        try await current(context).call(throwing: type, operation)
    }

    /// Calls `operation` under the context's retry on the caller's thread.
    ///
    /// - Throws: as ``BlockingStrategy/callBlocking(_:)`` does.
    @available(*, noasync, message: "it blocks a thread of Swift's pool; use call")
    @inlinable
    public func callBlocking<Success>(
        in context: String, _ operation: () throws -> Success
    ) throws -> Success {
        try current(context).callBlocking(operation)
    }
}
