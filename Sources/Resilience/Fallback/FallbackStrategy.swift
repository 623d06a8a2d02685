/// A ``Fallback``, or one that is ``Monitored``: both have the same `call`, which asks the primary
/// operation, then the fallback, then the kept results.
public protocol FallbackStrategy<Key, Success, Primary, Secondary>: Strategy {
    /// What results are kept under.
    associatedtype Key: Hashable & Sendable
    /// What is answered.
    associatedtype Success: Sendable
    /// What the primary operation runs under.
    associatedtype Primary: Strategy
    /// What the fallback runs under.
    associatedtype Secondary: Strategy

    /// The fallback itself.
    var fallback: Fallback<Key, Success, Primary, Secondary> { get }
    /// What counts the calls; `nil` where they are not monitored.
    var callMeter: Meter? { get }
}

extension FallbackStrategy {
    /// Asks the primary operation, then the fallback, then the kept results.
    ///
    /// - Parameter cacheKey: what the primary's result is kept under; `nil` to keep none.
    /// - Throws: what the primary's ``Strategy/call(_:)`` throws, where all fail; `CancellationError`
    ///   at once.
    @inlinable
    public func call(
        cacheKey: Key? = nil, primary: @Sendable () async throws -> Success,
        fallback: @Sendable () async throws -> Success
    ) async throws -> FallbackResult<Success> {
        let base = self.fallback
        return try await untyped(by: callMeter) { call throws(CallError<any Error>) in
            try await base.answer(
                &call, cacheKey,
                { call throws(CallError<any Error>) in
                    try await base.primary.attempts(&call, primary)
                },
                { call throws(CallError<any Error>) in
                    try await base.secondary.attempts(&call, fallback)
                })
        }
    }

    /// Asks the primary operation, then the kept results.
    ///
    /// - Parameter cacheKey: what the primary's result is kept under.
    /// - Throws: what the primary's ``Strategy/call(_:)`` throws, where nothing is kept;
    ///   `CancellationError` at once.
    @inlinable
    public func call(
        cacheKey: Key, primary: @Sendable () async throws -> Success
    ) async throws -> FallbackResult<Success> {
        let base = self.fallback
        return try await untyped(by: callMeter) { call throws(CallError<any Error>) in
            try await base.answer(
                &call, cacheKey,
                { call throws(CallError<any Error>) in
                    try await base.primary.attempts(&call, primary)
                })
        }
    }
}

extension FallbackStrategy where Primary: SerialStrategy, Secondary: SerialStrategy {
    /// Asks the primary operation, then the fallback, then the kept results, in the caller's task.
    ///
    /// - Parameter cacheKey: what the primary's result is kept under; `nil` to keep none.
    /// - Throws: what the primary's ``SerialStrategy/call(_:)`` throws, where all fail;
    ///   `CancellationError` at once.
    @inlinable
    public func call(
        cacheKey: Key? = nil, primary: () async throws -> Success,
        fallback: () async throws -> Success
    ) async throws -> FallbackResult<Success> {
        let base = self.fallback
        return try await untyped(by: callMeter) { call throws(CallError<any Error>) in
            try await base.answer(
                &call, cacheKey,
                { call throws(CallError<any Error>) in
                    try await base.primary.attempts(&call, primary)
                },
                { call throws(CallError<any Error>) in
                    try await base.secondary.attempts(&call, fallback)
                })
        }
    }

    /// Asks the primary operation, then the kept results, in the caller's task.
    ///
    /// - Parameter cacheKey: what the primary's result is kept under.
    /// - Throws: what the primary's ``SerialStrategy/call(_:)`` throws, where nothing is kept;
    ///   `CancellationError` at once.
    @inlinable
    public func call(
        cacheKey: Key, primary: () async throws -> Success
    ) async throws -> FallbackResult<Success> {
        let base = self.fallback
        return try await untyped(by: callMeter) { call throws(CallError<any Error>) in
            try await base.answer(
                &call, cacheKey,
                { call throws(CallError<any Error>) in
                    try await base.primary.attempts(&call, primary)
                })
        }
    }
}

extension FallbackStrategy where Primary: BlockingStrategy, Secondary: BlockingStrategy {
    /// Asks the primary operation, then the fallback, then the kept results, on the caller's thread.
    ///
    /// - Parameter cacheKey: what the primary's result is kept under; `nil` to keep none.
    /// - Throws: what the primary's ``BlockingStrategy/callBlocking(_:)`` throws, where all fail;
    ///   `CancellationError` at once.
    @available(*, noasync, message: "it blocks a thread of Swift's pool; use call")
    @inlinable
    public func callBlocking(
        cacheKey: Key? = nil, primary: () throws -> Success, fallback: () throws -> Success
    ) throws -> FallbackResult<Success> {
        let base = self.fallback
        return try untypedBlocking(by: callMeter) { call throws(CallError<any Error>) in
            try base.answerBlocking(
                &call, cacheKey,
                { call throws(CallError<any Error>) in
                    try base.primary.attemptsBlocking(&call, primary)
                },
                { call throws(CallError<any Error>) in
                    try base.secondary.attemptsBlocking(&call, fallback)
                })
        }
    }

    /// Asks the primary operation, then the kept results, on the caller's thread.
    ///
    /// - Parameter cacheKey: what the primary's result is kept under.
    /// - Throws: what the primary's ``BlockingStrategy/callBlocking(_:)`` throws, where nothing is
    ///   kept; `CancellationError` at once.
    @available(*, noasync, message: "it blocks a thread of Swift's pool; use call")
    @inlinable
    public func callBlocking(
        cacheKey: Key, primary: () throws -> Success
    ) throws -> FallbackResult<Success> {
        let base = self.fallback
        return try untypedBlocking(by: callMeter) { call throws(CallError<any Error>) in
            try base.answerBlocking(
                &call, cacheKey,
                { call throws(CallError<any Error>) in
                    try base.primary.attemptsBlocking(&call, primary)
                })
        }
    }
}

extension Monitored: FallbackStrategy where Base: FallbackStrategy {
    /// The fallback that is monitored.
    @inlinable public var fallback: Fallback<Base.Key, Base.Success, Base.Primary, Base.Secondary> {
        base.fallback
    }

    /// Counts a call once, whoever answered it.
    @inlinable public var callMeter: Meter? { meter }
}

/// Makes a call that a meter counts, where there is one, and throws what an untyped call throws.
@inlinable
func untyped<Success>(
    by meter: Meter?, _ body: (inout Call) async throws(CallError<any Error>) -> Success
) async throws -> Success {
    try await untyped { () async throws(CallError<any Error>) in
        try await counted(by: meter, body)
    }
}

/// As ``untyped(by:_:)``, on the caller's thread.
@inlinable
func untypedBlocking<Success>(
    by meter: Meter?, _ body: (inout Call) throws(CallError<any Error>) -> Success
) throws -> Success {
    try untypedBlocking { () throws(CallError<any Error>) in try countedBlocking(by: meter, body) }
}
