extension Monitored {
    /// Counts as one call what is not called through ``Strategy/run(_:_:)``.
    @inlinable
    func counted<Success, Failure: Error>(
        _ body: (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        let ticket = meter.begin()
        var call = Call(meter: meter)
        do throws(CallError<Failure>) {
            let success = try await body(&call)
            meter.end(ticket, .ok, call)
            return success
        } catch {
            meter.end(ticket, end(of: error, attempts: call.attempts), call)
            throw error
        }
    }

    /// As ``counted(_:)``, on the caller's thread.
    @inlinable
    func countedBlocking<Success, Failure: Error>(
        _ body: (inout Call) throws(CallError<Failure>) -> Success
    ) throws(CallError<Failure>) -> Success {
        let ticket = meter.begin()
        var call = Call(meter: meter)
        do throws(CallError<Failure>) {
            let success = try body(&call)
            meter.end(ticket, .ok, call)
            return success
        } catch {
            meter.end(ticket, end(of: error, attempts: call.attempts), call)
            throw error
        }
    }
}
