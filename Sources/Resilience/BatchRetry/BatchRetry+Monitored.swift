extension Monitored where Base == BatchRetry {
    /// Calls a monitored batch retry and counts the batch as one call. The call is ok if every item
    /// succeeded, otherwise failed; its attempts are the runs of the operation. An empty batch is
    /// not counted.
    ///
    /// A run after which items have failed is a failed attempt. Its error type is that of the first
    /// failed item.
    ///
    /// - Throws: ``BatchRetry/WrongCount``, as ``BatchRetry/call(_:_:)`` does. The call is then
    ///   counted as failed.
    public func call<Item, Success: Sendable, Failure: Error>(
        _ items: [Item], _ operation: ([Item]) async -> [Result<Success, Failure>]
    ) async throws(BatchRetry.WrongCount) -> BatchOutcome<Success, Failure> {
        guard !items.isEmpty else { return try await base.call(items, operation) }
        let ticket = meter.begin()
        var call = Call(meter: meter)
        do throws(BatchRetry.WrongCount) {
            let outcome = try await base.run(&call, items, operation)
            meter.end(ticket, outcome.end, call)
            return outcome
        } catch {
            _ = call.fail(error)
            meter.end(ticket, .failed, call)
            throw error
        }
    }

    /// The blocking form of ``call(_:_:)``.
    ///
    /// - Throws: ``BatchRetry/WrongCount``, as ``BatchRetry/callBlocking(_:_:)`` does. The call is
    ///   then counted as failed.
    public func callBlocking<Item, Success, Failure: Error>(
        _ items: [Item], _ operation: ([Item]) -> [Result<Success, Failure>]
    ) throws(BatchRetry.WrongCount) -> BatchOutcome<Success, Failure> {
        guard !items.isEmpty else { return try base.callBlocking(items, operation) }
        let ticket = meter.begin()
        var call = Call(meter: meter)
        do throws(BatchRetry.WrongCount) {
            let outcome = try base.runBlocking(&call, items, operation)
            meter.end(ticket, outcome.end, call)
            return outcome
        } catch {
            _ = call.fail(error)
            meter.end(ticket, .failed, call)
            throw error
        }
    }
}
