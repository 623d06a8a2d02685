extension Monitored where Base == BatchRetry {
    /// Calls a monitored batch retry, and counts the batch as one call: ok where every item
    /// succeeded, else failed; with as many attempts as the operation ran. Without items there is
    /// no call.
    ///
    /// An attempt that leaves items failed is a failed one, of the type of the first of them.
    ///
    /// - Throws: ``BatchRetry/WrongCount``, as ``BatchRetry/call(_:_:)`` does: a failed call.
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

    /// Calls a monitored batch retry on the caller's thread, and counts the batch as one call, as
    /// ``call(_:_:)`` does.
    ///
    /// - Throws: ``BatchRetry/WrongCount``, as ``BatchRetry/callBlocking(_:_:)`` does: a failed
    ///   call.
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
