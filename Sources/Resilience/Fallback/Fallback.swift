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
>: Strategy {
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

    /// A fallback with strategies of one's own; the clock is for tests.
    ///
    /// - Parameters:
    ///   - primary: what the primary operation runs under.
    ///   - secondary: what the fallback runs under.
    ///   - cache: which of the primary's results are kept; `nil` for none.
    public init(
        primary: Primary, secondary: Secondary, cache: CachePolicy? = .standard,
        keyedBy: Key.Type = Key.self, answering: Success.Type = Success.self,
        time: TimeSource = .monotonic
    ) {
        self.primary = primary
        self.secondary = secondary
        self.cache = cache.map { SharedCache($0, time: time) }
    }

    /// Asks the primary operation, then the fallback, then the kept results.
    ///
    /// - Parameters:
    ///   - cacheKey: what the primary's result is kept under; `nil` to keep none.
    /// - Throws: ``CallError``: the primary's, where all fail; `cancelled` at once.
    @inlinable
    public func call<Failure: Error, Other: Error>(
        cacheKey: Key? = nil, primary: @Sendable () async throws(Failure) -> Success,
        fallback: @Sendable () async throws(Other) -> Success
    ) async throws(CallError<Failure>) -> FallbackResult<Success> {
        var call = Call()
        return try await answer(&call, cacheKey, primary, fallback)
    }

    /// Asks the primary operation, then the kept results.
    ///
    /// - Throws: ``CallError``: the primary's, where nothing is kept; `cancelled` at once.
    @inlinable
    public func call<Failure: Error>(
        cacheKey: Key, primary: @Sendable () async throws(Failure) -> Success
    ) async throws(CallError<Failure>) -> FallbackResult<Success> {
        var call = Call()
        return try await answer(&call, cacheKey, primary)
    }

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

    @inlinable
    func answer<Failure: Error, Other: Error>(
        _ call: inout Call, _ key: Key?, _ operation: @Sendable () async throws(Failure) -> Success,
        _ fallback: @Sendable () async throws(Other) -> Success
    ) async throws(CallError<Failure>) -> FallbackResult<Success> {
        let primaryError: CallError<Failure>
        do throws(CallError<Failure>) {
            return try await ask(&call, key, operation)
        } catch {
            primaryError = error
        }
        guard leadsOn(primaryError) else { throw .cancelled }
        do throws(CallError<Other>) {
            let value = try await secondary.run(&call) { call throws(CallError<Other>) in
                try await attempt(&call, fallback)
            }
            meter.countUsed()
            return FallbackResult(value, from: .fallback)
        } catch {
            return try kept(key, after: error, insteadOf: primaryError)
        }
    }

    @inlinable
    func answer<Failure: Error>(
        _ call: inout Call, _ key: Key?, _ operation: @Sendable () async throws(Failure) -> Success
    ) async throws(CallError<Failure>) -> FallbackResult<Success> {
        do throws(CallError<Failure>) {
            return try await ask(&call, key, operation)
        } catch {
            return try kept(key, after: error, insteadOf: error)
        }
    }

    @inlinable
    func ask<Failure: Error>(
        _ call: inout Call, _ key: Key?, _ operation: @Sendable () async throws(Failure) -> Success
    ) async throws(CallError<Failure>) -> FallbackResult<Success> {
        let number = key == nil ? 0 : begin()
        let value = try await primary.run(&call) { call throws(CallError<Failure>) in
            try await attempt(&call, operation)
        }
        if let key { keep(value, key, from: number) }
        return FallbackResult(value, from: .primary)
    }

    /// The number of a call that begins.
    @usableFromInline
    func begin() -> Int {
        begun.add(1, ordering: .relaxed).newValue
    }

    /// Keeps a call's result, unless that of a later call is kept.
    @usableFromInline
    func keep(_ value: Success, _ key: Key, from call: Int) {
        cache?.store(Answer(value: value, call: call), for: key) { $0.call > call }
    }

    /// The kept result, where another error than cancellation was the last.
    @usableFromInline
    func kept<Last: Error, Failure: Error>(
        _ key: Key?, after last: CallError<Last>, insteadOf error: CallError<Failure>
    ) throws(CallError<Failure>) -> FallbackResult<Success> {
        guard leadsOn(last) else { throw .cancelled }
        guard let key, let hit = cache?.value(for: key) else { throw error }
        meter.countCached(age: hit.age)
        return FallbackResult(hit.value.value, from: .cache(age: hit.age))
    }

    @usableFromInline
    func leadsOn<Failure: Error>(_ error: CallError<Failure>) -> Bool {
        switch error {
        case .operation, .rejected, .timedOut: !Task.isCancelled
        case .cancelled: false
        }
    }
}

extension Fallback where Primary == Retry, Secondary == Retry {
    /// A fallback that retries both; clock and random source are for tests.
    public convenience init(
        _ policy: FallbackPolicy = .standard, keyedBy: Key.Type = Key.self,
        answering: Success.Type = Success.self, time: TimeSource = .monotonic,
        random: RandomSource = .system
    ) {
        let backoff = policy.backoff
        self.init(
            primary: Retry(
                RetryPolicy(
                    checked: policy.primaryAttempts, backoff: backoff, classifier: nil),
                time: time, random: random),
            secondary: Retry(
                RetryPolicy(
                    checked: policy.fallbackAttempts, backoff: backoff, classifier: nil),
                time: time, random: random),
            cache: policy.cache, time: time)
    }
}
