extension Fallback: BlockingStrategy where Primary: BlockingStrategy, Secondary: BlockingStrategy {
    /// Asks the primary operation, then the fallback, then the kept results, on the caller's thread.
    ///
    /// - Parameters:
    ///   - cacheKey: what the primary's result is kept under; `nil` to keep none.
    /// - Throws: ``CallError``: the primary's, where all fail; `cancelled` at once.
    @inlinable
    public func callBlocking<Failure: Error, Other: Error>(
        cacheKey: Key? = nil, primary: () throws(Failure) -> Success,
        fallback: () throws(Other) -> Success
    ) throws(CallError<Failure>) -> FallbackResult<Success> {
        var call = Call()
        return try answerBlocking(&call, cacheKey, primary, fallback)
    }

    /// Asks the primary operation, then the kept results, on the caller's thread.
    ///
    /// - Throws: ``CallError``: the primary's, where nothing is kept; `cancelled` at once.
    @inlinable
    public func callBlocking<Failure: Error>(
        cacheKey: Key, primary: () throws(Failure) -> Success
    ) throws(CallError<Failure>) -> FallbackResult<Success> {
        var call = Call()
        return try answerBlocking(&call, cacheKey, primary)
    }

    /// Runs an operation as the primary, on the caller's thread, without a fallback.
    @inlinable
    public func runBlocking<Result, Failure: Error>(
        _ call: inout Call, _ operation: (inout Call) throws(CallError<Failure>) -> Result
    ) throws(CallError<Failure>) -> Result {
        try primary.runBlocking(&call, operation)
    }

    @inlinable
    func answerBlocking<Failure: Error, Other: Error>(
        _ call: inout Call, _ key: Key?, _ operation: () throws(Failure) -> Success,
        _ fallback: () throws(Other) -> Success
    ) throws(CallError<Failure>) -> FallbackResult<Success> {
        let primaryError: CallError<Failure>
        do throws(CallError<Failure>) {
            return try askBlocking(&call, key, operation)
        } catch {
            primaryError = error
        }
        guard leadsOn(primaryError) else { throw .cancelled }
        do throws(CallError<Other>) {
            let value = try secondary.runBlocking(&call) { call throws(CallError<Other>) in
                try attemptBlocking(&call, fallback)
            }
            meter.countUsed()
            return FallbackResult(value, from: .fallback)
        } catch {
            return try kept(key, after: error, insteadOf: primaryError)
        }
    }

    @inlinable
    func answerBlocking<Failure: Error>(
        _ call: inout Call, _ key: Key?, _ operation: () throws(Failure) -> Success
    ) throws(CallError<Failure>) -> FallbackResult<Success> {
        do throws(CallError<Failure>) {
            return try askBlocking(&call, key, operation)
        } catch {
            return try kept(key, after: error, insteadOf: error)
        }
    }

    @inlinable
    func askBlocking<Failure: Error>(
        _ call: inout Call, _ key: Key?, _ operation: () throws(Failure) -> Success
    ) throws(CallError<Failure>) -> FallbackResult<Success> {
        let number = key == nil ? 0 : begin()
        let value = try primary.runBlocking(&call) { call throws(CallError<Failure>) in
            try attemptBlocking(&call, operation)
        }
        if let key { keep(value, key, from: number) }
        return FallbackResult(value, from: .primary)
    }
}
