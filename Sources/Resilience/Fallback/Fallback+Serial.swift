extension Fallback: SerialStrategy where Primary: SerialStrategy, Secondary: SerialStrategy {
    /// Runs an operation as the primary, in the caller's task, without a fallback.
    @inlinable
    public func run<Result, Failure: Error>(
        _ call: inout Call,
        _ operation: (inout Call) async throws(CallError<Failure>) -> Result
    ) async throws(CallError<Failure>) -> Result {
        try await primary.run(&call, operation)
    }
}

extension Fallback: BlockingStrategy where Primary: BlockingStrategy, Secondary: BlockingStrategy {
    /// Runs an operation as the primary, on the caller's thread, without a fallback.
    @inlinable
    public func runBlocking<Result, Failure: Error>(
        _ call: inout Call, _ operation: (inout Call) throws(CallError<Failure>) -> Result
    ) throws(CallError<Failure>) -> Result {
        try primary.runBlocking(&call, operation)
    }
}
