extension Monitored {
    /// Calls a monitored fallback, and counts the call once whoever answered it.
    ///
    /// - Throws: ``CallError``: the primary's, where all fail; `cancelled` at once.
    @inlinable
    public func call<Key, Success, Primary, Secondary, Failure: Error, Other: Error>(
        cacheKey: Key? = nil, primary: @Sendable () async throws(Failure) -> Success,
        fallback: @Sendable () async throws(Other) -> Success
    ) async throws(CallError<Failure>) -> FallbackResult<Success>
    where Base == Fallback<Key, Success, Primary, Secondary> {
        try await counted { call throws(CallError<Failure>) in
            try await base.answer(&call, cacheKey, primary, fallback)
        }
    }

    /// Calls a monitored fallback that has none but the kept results, and counts the call once.
    ///
    /// - Throws: ``CallError``: the primary's, where nothing is kept; `cancelled` at once.
    @inlinable
    public func call<Key, Success, Primary, Secondary, Failure: Error>(
        cacheKey: Key, primary: @Sendable () async throws(Failure) -> Success
    ) async throws(CallError<Failure>) -> FallbackResult<Success>
    where Base == Fallback<Key, Success, Primary, Secondary> {
        try await counted { call throws(CallError<Failure>) in
            try await base.answer(&call, cacheKey, primary)
        }
    }

    /// Calls a monitored fallback on the caller's thread, and counts the call once whoever answered
    /// it.
    ///
    /// - Throws: ``CallError``: the primary's, where all fail; `cancelled` at once.
    @inlinable
    public func callBlocking<
        Key, Success, Primary: BlockingStrategy, Secondary: BlockingStrategy, Failure: Error,
        Other: Error
    >(
        cacheKey: Key? = nil, primary: () throws(Failure) -> Success,
        fallback: () throws(Other) -> Success
    ) throws(CallError<Failure>) -> FallbackResult<Success>
    where Base == Fallback<Key, Success, Primary, Secondary> {
        try countedBlocking { call throws(CallError<Failure>) in
            try base.answerBlocking(&call, cacheKey, primary, fallback)
        }
    }

    /// Calls a monitored fallback that has none but the kept results, on the caller's thread, and
    /// counts the call once.
    ///
    /// - Throws: ``CallError``: the primary's, where nothing is kept; `cancelled` at once.
    @inlinable
    public func callBlocking<
        Key, Success, Primary: BlockingStrategy, Secondary: BlockingStrategy, Failure: Error
    >(
        cacheKey: Key, primary: () throws(Failure) -> Success
    ) throws(CallError<Failure>) -> FallbackResult<Success>
    where Base == Fallback<Key, Success, Primary, Secondary> {
        try countedBlocking { call throws(CallError<Failure>) in
            try base.answerBlocking(&call, cacheKey, primary)
        }
    }
}
