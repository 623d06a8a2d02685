import Synchronization

/// Asks a primary operation, then a fallback, then the results that it has kept: the guide's retry
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
/// Failures, rejections and time-outs lead on to the next; cancellation does not. Where all fail,
/// the primary's error is thrown. Only the primary's results are kept, and only under a key: that of
/// the call that began last, so a slow call does not replace the result of a later one.
///
/// As a ``Strategy`` within others it stands for its primary; ``Monitored`` around it has `call` as
/// well, and counts a call once whoever answered it.
public final class Fallback<
    Key: Hashable & Sendable, Success: Sendable, Primary: Strategy, Secondary: Strategy
>: FallbackStrategy {
    /// What the primary operation runs under.
    public let primary: Primary
    /// What the fallback runs under.
    public let secondary: Secondary
    /// Counts the calls that the primary did not answer.
    public let meter = FallbackMeter()

    private struct Answer: Sendable {
        let value: Success
        /// The number of the call, in the order in which calls began.
        let call: Int
    }

    private let cache: SharedCache<Key, Answer>?
    private let begun = Atomic<Int>(0)
    private let results: ResultClassifier?
    @usableFromInline let judgesResults: Bool

    /// A fallback with strategies of one's own; the clock is for tests.
    ///
    /// - Parameters:
    ///   - primary: what the primary operation runs under.
    ///   - secondary: what the fallback runs under.
    ///   - cache: which of the primary's results are kept; `nil` for none.
    ///   - results: which of the primary's results stand for errors, so that the fallback is asked;
    ///     `nil` for none. Where nothing else answers, such a result is the answer.
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

    /// None: nothing counts the calls.
    @inlinable public var callMeter: Meter? { nil }

    /// Runs an operation as the primary, without a fallback.
    @inlinable
    public func run<Result: Sendable, Failure: Error>(
        _ call: inout Call,
        _ operation: @Sendable (inout Call) async throws(CallError<Failure>) -> Result
    ) async throws(CallError<Failure>) -> Result {
        try await primary.run(&call, operation)
    }

    /// Adds `fallback`, its counts and the primary's facets.
    public func describe(into facets: inout Facets) {
        facets.kinds.append("fallback")
        if facets.fallback == nil { facets.fallback = meter }
        primary.describe(into: &facets)
    }

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

    /// Asks the primary, then the kept results.
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

    /// As ``answer(_:_:_:)``, on the caller's thread.
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

    /// As ``answer(_:_:_:_:)``, on the caller's thread.
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

    /// Whether a value of the primary is an answer: it does not stand for an error.
    @inlinable
    func accepts(_ value: Success, _ call: inout Call) -> Bool {
        !judgesResults || !standsForError(value, &call)
    }

    /// The primary's answer. It is kept under the key.
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

    /// The number of a call that begins.
    @usableFromInline
    func begin() -> Int {
        begun.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// Keeps a call's result, unless that of a later call is kept.
    @usableFromInline
    func keep(_ value: Success, _ key: Key, from call: Int) {
        cache?.store(Answer(value: value, call: call), for: key) { $0.call > call }
    }

    /// The kept result; else what came of the primary.
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

    /// Whether the next is asked: not where the caller was cancelled.
    @inlinable
    func leadsOn<Failure: Error>(_ result: Result<Success, CallError<Failure>>) -> Bool {
        if case .failure(.cancelled) = result { false } else { !Task.isCancelled }
    }
}

extension Fallback where Primary == Retry, Secondary == Retry {
    /// A fallback that retries both; clock and random source are for tests.
    ///
    /// - Parameters:
    ///   - budget: what limits the retries of both.
    ///   - results: which of the primary's results stand for errors, which are not retried.
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
