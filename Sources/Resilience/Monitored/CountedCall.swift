/// Makes a call that `meter` counts if it is not `nil`.
@inlinable
func counted<Success, Failure: Error>(
    by meter: Meter?, _ body: (inout Call) async throws(CallError<Failure>) -> Success
) async throws(CallError<Failure>) -> Success {
    var call = Call(meter: meter)
    guard let meter else { return try await body(&call) }
    let ticket = meter.begin()
    do throws(CallError<Failure>) {
        let success = try await body(&call)
        meter.end(ticket, .ok, call)
        return success
    } catch {
        meter.end(ticket, error.end(attempts: call.attempts), call)
        throw error
    }
}

/// The blocking form of ``counted(by:_:)``.
@inlinable
func countedBlocking<Success, Failure: Error>(
    by meter: Meter?, _ body: (inout Call) throws(CallError<Failure>) -> Success
) throws(CallError<Failure>) -> Success {
    var call = Call(meter: meter)
    guard let meter else { return try body(&call) }
    let ticket = meter.begin()
    do throws(CallError<Failure>) {
        let success = try body(&call)
        meter.end(ticket, .ok, call)
        return success
    } catch {
        meter.end(ticket, error.end(attempts: call.attempts), call)
        throw error
    }
}

extension CallError {
    /// The way in which a call with this error is counted.
    @usableFromInline
    func end(attempts: Int) -> RetryMetrics.End {
        switch self {
        case .operation, .timedOut: .failed
        case .rejected: attempts == 0 ? .rejected : .failed
        case .cancelled: .cancelled
        }
    }
}
