/// A strategy that runs the attempts of an operation one after another.
@usableFromInline
protocol Retrying: AnyObject, Sendable {
    var maxAttempts: Limit { get }
    var maxRetryAfter: Duration { get }
    var budget: RetryBudget? { get }
    var retrier: Retrier { get }
    /// Whether the policy classifies returned values as errors.
    var judgesResults: Bool { get }

    /// Records that the call succeeded, with the number of attempts.
    func succeeded(attempts: Int)

    /// Returns the wait before the next attempt; `nil` if there is none.
    func delay<Failure: Error>(
        after error: CallError<Failure>, _ machine: inout Retry.StateMachine, _ call: inout Call
    ) -> Duration?
}

extension Retrying {
    /// Runs the attempts of a call.
    @inlinable
    func retry<Success, Failure: Error>(
        _ call: inout Call,
        _ operation: (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        let limit = begin(&call)
        // The first attempt is outside the loop: the loop's state would cost a call that succeeds at
        // once about a nanosecond.
        var latest: Result<Success, CallError<Failure>>
        do throws(CallError<Failure>) {
            let value = try await operation(&call)
            if !judgesResults {
                succeeded(attempts: 1)
                return value
            }
            latest = .success(value)
        } catch {
            latest = .failure(error)
        }
        var machine: Retry.StateMachine?
        while let wait = delay(after: latest, limit, &machine, &call) {
            guard await retrier.wait(wait, machine, call.meter) else { throw .cancelled }
            do throws(CallError<Failure>) {
                latest = .success(try await operation(&call))
            } catch {
                latest = .failure(error)
            }
        }
        return try latest.get()
    }

    /// The blocking form of ``retry(_:_:)``.
    @inlinable
    func retryBlocking<Success, Failure: Error>(
        _ call: inout Call, _ operation: (inout Call) throws(CallError<Failure>) -> Success
    ) throws(CallError<Failure>) -> Success {
        let limit = begin(&call)
        var machine: Retry.StateMachine?
        while true {
            let latest: Result<Success, CallError<Failure>>
            do throws(CallError<Failure>) {
                let value = try operation(&call)
                if !judgesResults {
                    succeeded(attempts: machine?.attempts ?? 1)
                    return value
                }
                latest = .success(value)
            } catch {
                latest = .failure(error)
            }
            guard let wait = delay(after: latest, limit, &machine, &call) else {
                return try latest.get()
            }
            guard retrier.block(wait, machine, call.meter) else { throw .cancelled }
        }
    }

    /// Counts the call and reads the limit. A later change of the limit applies to the next call.
    @inlinable
    func begin(_ call: inout Call) -> Double {
        // Counted once: a retry and a hedge of one pipeline may share the budget.
        if let budget, call.take(budget) { budget.callStarted() }
        return maxAttempts.value
    }

    /// Returns the wait before the next attempt; `nil` if the latest attempt decides the call.
    ///
    /// Never inlined, like all code that a call without failures does not need.
    @inlinable @inline(never)
    func delay<Success, Failure: Error>(
        after latest: Result<Success, CallError<Failure>>, _ limit: Double,
        _ present: inout Retry.StateMachine?, _ call: inout Call
    ) -> Duration? {
        var machine =
            present ?? Retry.StateMachine(limit: limit, maxRetryAfter: maxRetryAfter)
        defer { present = machine }
        switch latest {
        case .success(let value):
            guard judgesResults, let error = retrier.error(for: value, &call) else {
                succeeded(attempts: machine.attempts)
                return nil
            }
            return delay(after: error, &machine, &call)
        case .failure(let error):
            return delay(after: error, &machine, &call)
        }
    }
}
