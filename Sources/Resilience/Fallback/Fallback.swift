import Synchronization

/// Calls a primary operation, then a fallback, then looks up a cached result: the guide's retry
/// with fallback.
///
/// ```swift
/// let quotes = Fallback(keyedBy: String.self, answering: Quote.self)
/// let quote = try await quotes.call(cacheKey: symbol) {
///     try await exchange.quote(symbol)
/// } fallback: {
///     try await mirror.quote(symbol)
/// }
/// print(quote.value, quote.source)
/// ```
///
/// After a failure, rejection or time-out, the next source is used; after a cancellation it is not.
/// If all sources fail, the primary's error is thrown. Only results of the primary are cached, and
/// only under a key. For each key, the cache keeps the result of the call that started last, so a
/// slow call does not replace a newer result.
///
/// Inside other strategies it runs its primary only. ``Monitored`` around it has the same `call`
/// functions, and counts each call once, whichever source answered.
public final class Fallback<
    Key: Hashable & Sendable, Success: Sendable, Primary: Strategy, Secondary: Strategy
>: FallbackStrategy {
    /// The strategy of the primary operation.
    public let primary: Primary
    /// The strategy of the fallback.
    public let secondary: Secondary
    /// Counts the calls that the fallback or the cache answered.
    public let meter = FallbackMeter()

    private struct Answer: Sendable {
        let value: Success
        /// The number of the call, in the order in which calls started.
        let call: Int
    }

    private let cache: SharedCache<Key, Answer>?
    private let begun = Atomic<Int>(0)
    private let results: ResultClassifier?
    @usableFromInline let judgesResults: Bool

    /// Creates a fallback from two strategies. Tests may replace the clock.
    ///
    /// - Parameters:
    ///   - primary: the strategy of the primary operation.
    ///   - secondary: the strategy of the fallback.
    ///   - cache: the bounds of the cache of the primary's results; `nil` for no cache.
    ///   - results: decides which of the primary's results are treated as errors, so that the
    ///     fallback is called; `nil` for none. If no other source answers, such a result is
    ///     returned.
    public init(
        primary: Primary, secondary: Secondary, cache: CachePolicy? = .standard,
        results: ResultClassifier? = nil,
        keyedBy: Key.Type = Key.self, answering: Success.Type = Success.self,
        time: TimeSource = .monotonic
    ) {
        self.primary = primary
        self.secondary = secondary
        self.results = results
        judgesResults = results != nil
        self.cache = cache.map { SharedCache($0, time: time) }
    }

    /// The fallback itself.
    @inlinable public var fallback: Fallback { self }

    /// `nil`: no meter counts the calls.
    @inlinable public var callMeter: Meter? { nil }

    /// Runs an operation as the primary, without a fallback.
    @inlinable
    public func run<Result: Sendable, Failure: Error>(
        _ call: inout Call,
        _ operation: @Sendable (inout Call) async throws(CallError<Failure>) -> Result
    ) async throws(CallError<Failure>) -> Result {
        try await primary.run(&call, operation)
    }

    /// Adds the kind `fallback`, the counts and the primary's facets.
    public func describe(into facets: inout Facets) {
        facets.kinds.append("fallback")
        if facets.fallback == nil { facets.fallback = meter }
        primary.describe(into: &facets)
    }

    /// Calls the primary, then the fallback, then looks up the cache.
    ///
    /// - Parameters:
    ///   - primary: the primary operation under its strategy.
    ///   - secondary: the fallback under its strategy.
    @inlinable
    func answer<Failure: Error, Other: Error>(
        _ call: inout Call, _ key: Key?,
        _ primary: (inout Call) async throws(CallError<Failure>) -> Success,
        _ secondary: (inout Call) async throws(CallError<Other>) -> Success
    ) async throws(CallError<Failure>) -> FallbackResult<Success> {
        let number = key == nil ? 0 : begin()
        let first: Result<Success, CallError<Failure>>
        do throws(CallError<Failure>) {
            let value = try await primary(&call)
            if accepts(value, &call) { return answered(value, key, number) }
            first = .success(value)
        } catch {
            first = .failure(error)
        }
        guard leadsOn(first) else { throw .cancelled }
        do throws(CallError<Other>) {
            let value = try await secondary(&call)
            meter.countUsed()
            return FallbackResult(value, from: .fallback)
        } catch {
            return try kept(key, after: .failure(error), insteadOf: first)
        }
    }

    /// Calls the primary, then looks up the cache.
    @inlinable
    func answer<Failure: Error>(
        _ call: inout Call, _ key: Key?,
        _ primary: (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> FallbackResult<Success> {
        let number = key == nil ? 0 : begin()
        let first: Result<Success, CallError<Failure>>
        do throws(CallError<Failure>) {
            let value = try await primary(&call)
            if accepts(value, &call) { return answered(value, key, number) }
            first = .success(value)
        } catch {
            first = .failure(error)
        }
        return try kept(key, after: first, insteadOf: first)
    }

    /// The blocking form of ``answer(_:_:_:)``.
    @inlinable
    func answerBlocking<Failure: Error>(
        _ call: inout Call, _ key: Key?,
        _ primary: (inout Call) throws(CallError<Failure>) -> Success
    ) throws(CallError<Failure>) -> FallbackResult<Success> {
        let number = key == nil ? 0 : begin()
        let first: Result<Success, CallError<Failure>>
        do throws(CallError<Failure>) {
            let value = try primary(&call)
            if accepts(value, &call) { return answered(value, key, number) }
            first = .success(value)
        } catch {
            first = .failure(error)
        }
        return try kept(key, after: first, insteadOf: first)
    }

    /// The blocking form of ``answer(_:_:_:_:)``.
    @inlinable
    func answerBlocking<Failure: Error, Other: Error>(
        _ call: inout Call, _ key: Key?,
        _ primary: (inout Call) throws(CallError<Failure>) -> Success,
        _ secondary: (inout Call) throws(CallError<Other>) -> Success
    ) throws(CallError<Failure>) -> FallbackResult<Success> {
        let number = key == nil ? 0 : begin()
        let first: Result<Success, CallError<Failure>>
        do throws(CallError<Failure>) {
            let value = try primary(&call)
            if accepts(value, &call) { return answered(value, key, number) }
            first = .success(value)
        } catch {
            first = .failure(error)
        }
        guard leadsOn(first) else { throw .cancelled }
        do throws(CallError<Other>) {
            let value = try secondary(&call)
            meter.countUsed()
            return FallbackResult(value, from: .fallback)
        } catch {
            return try kept(key, after: .failure(error), insteadOf: first)
        }
    }

    /// Returns whether a value of the primary is an answer and not treated as an error.
    @inlinable
    func accepts(_ value: Success, _ call: inout Call) -> Bool {
        !judgesResults || !standsForError(value, &call)
    }

    /// Returns the primary's answer, and caches it under the key.
    @inlinable
    func answered(_ value: Success, _ key: Key?, _ number: Int) -> FallbackResult<Success> {
        if let key { keep(value, key, from: number) }
        return FallbackResult(value, from: .primary)
    }

    @usableFromInline
    func standsForError(_ value: Success, _ call: inout Call) -> Bool {
        guard let error = results?.error(for: value) else { return false }
        call.returned(error)
        return true
    }

    /// Returns the number of a new call.
    @usableFromInline
    func begin() -> Int {
        begun.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// Caches the result of a call, unless the cache has the result of a later call.
    @usableFromInline
    func keep(_ value: Success, _ key: Key, from call: Int) {
        cache?.store(Answer(value: value, call: call), for: key) { $0.call > call }
    }

    /// Returns the cached result; if there is none, the primary's result or error.
    @inlinable
    func kept<Last: Error, Failure: Error>(
        _ key: Key?, after last: Result<Success, CallError<Last>>,
        insteadOf first: Result<Success, CallError<Failure>>
    ) throws(CallError<Failure>) -> FallbackResult<Success> {
        guard leadsOn(last) else { throw .cancelled }
        guard let key, let kept = kept(key) else {
            return FallbackResult(try first.get(), from: .primary)
        }
        return kept
    }

    @usableFromInline
    func kept(_ key: Key) -> FallbackResult<Success>? {
        guard let hit = cache?.value(for: key) else { return nil }
        meter.countCached(age: hit.age)
        return FallbackResult(hit.value.value, from: .cache(age: hit.age))
    }

    /// Returns whether the next source is used: not if the caller was cancelled.
    @inlinable
    func leadsOn<Failure: Error>(_ result: Result<Success, CallError<Failure>>) -> Bool {
        if case .failure(.cancelled) = result { false } else { !Task.isCancelled }
    }
}

extension Fallback where Primary == Retry, Secondary == Retry {
    /// Creates a fallback that retries both operations. Tests may replace the clock and the random
    /// source.
    ///
    /// - Parameters:
    ///   - budget: limits the retries of both operations.
    ///   - results: decides which of the primary's results are treated as errors. They are not
    ///     retried.
    public convenience init(
        _ policy: FallbackPolicy = .standard, budget: RetryBudget? = nil,
        results: ResultClassifier? = nil, keyedBy: Key.Type = Key.self,
        answering: Success.Type = Success.self, time: TimeSource = .monotonic,
        random: RandomSource = .system
    ) {
        let backoff = policy.backoff
        self.init(
            primary: Retry(
                literal(
                    try RetryPolicy(maxAttempts: policy.primaryAttempts, backoff: backoff)),
                budget: budget, time: time, random: random),
            secondary: Retry(
                literal(
                    try RetryPolicy(maxAttempts: policy.fallbackAttempts, backoff: backoff)),
                budget: budget, time: time, random: random),
            cache: policy.cache, results: results, time: time)
    }
}
