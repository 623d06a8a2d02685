/// A ``Fallback``, plain or ``Monitored``. Both have the same `call`, which calls the primary
/// operation, then the fallback, then looks up the cache.
public protocol FallbackStrategy<Key, Success, Primary, Secondary>: Strategy {
    /// The type of the cache's keys.
    associatedtype Key: Hashable & Sendable
    /// The type of the answers.
    associatedtype Success: Sendable
    /// The strategy of the primary operation.
    associatedtype Primary: Strategy
    /// The strategy of the fallback.
    associatedtype Secondary: Strategy

    /// The fallback itself.
    var fallback: Fallback<Key, Success, Primary, Secondary> { get }
    /// The meter that counts the calls; `nil` if they are not monitored.
    var callMeter: Meter? { get }
}

extension FallbackStrategy {
    /// Calls the primary operation, then the fallback, then looks up the cache.
    ///
    /// - Parameter cacheKey: the key under which the primary's result is cached; `nil` to cache
    ///   nothing.
    /// - Throws: the errors of the primary's ``Strategy/call(_:)`` if all sources fail;
    ///   `CancellationError` as soon as the task is cancelled.
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

    /// Calls the primary operation, then looks up the cache.
    ///
    /// - Parameter cacheKey: the key under which the primary's result is cached.
    /// - Throws: the errors of the primary's ``Strategy/call(_:)`` if the cache has no result;
    ///   `CancellationError` as soon as the task is cancelled.
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
    /// Calls the primary operation, then the fallback, then looks up the cache, in the caller's
    /// task.
    ///
    /// - Parameter cacheKey: the key under which the primary's result is cached; `nil` to cache
    ///   nothing.
    /// - Throws: the errors of the primary's ``SerialStrategy/call(_:)`` if all sources fail;
    ///   `CancellationError` as soon as the task is cancelled.
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

    /// Calls the primary operation, then looks up the cache, in the caller's task.
    ///
    /// - Parameter cacheKey: the key under which the primary's result is cached.
    /// - Throws: the errors of the primary's ``SerialStrategy/call(_:)`` if the cache has no
    ///   result; `CancellationError` as soon as the task is cancelled.
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
    /// Calls the primary operation, then the fallback, then looks up the cache, on the caller's
    /// thread.
    ///
    /// - Parameter cacheKey: the key under which the primary's result is cached; `nil` to cache
    ///   nothing.
    /// - Throws: the errors of the primary's ``BlockingStrategy/callBlocking(_:)`` if all sources
    ///   fail; `CancellationError` as soon as the task is cancelled.
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

    /// Calls the primary operation, then looks up the cache, on the caller's thread.
    ///
    /// - Parameter cacheKey: the key under which the primary's result is cached.
    /// - Throws: the errors of the primary's ``BlockingStrategy/callBlocking(_:)`` if the cache has
    ///   no result; `CancellationError` as soon as the task is cancelled.
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

    /// The meter. It counts each call once, whichever source answered.
    @inlinable public var callMeter: Meter? { meter }
}

/// Makes a call that `meter` counts if it is not `nil`, and throws the errors of an untyped call.
@inlinable
func untyped<Success>(
    by meter: Meter?, _ body: (inout Call) async throws(CallError<any Error>) -> Success
) async throws -> Success {
    try await untyped { () async throws(CallError<any Error>) in
        try await counted(by: meter, body)
    }
}

/// The blocking form of ``untyped(by:_:)``.
@inlinable
func untypedBlocking<Success>(
    by meter: Meter?, _ body: (inout Call) throws(CallError<any Error>) -> Success
) throws -> Success {
    try untypedBlocking { () throws(CallError<any Error>) in try countedBlocking(by: meter, body) }
}
