/// A strategy stands between a caller and an operation. Strategies nest: what one hands on may be
/// another's `run`.
public protocol Strategy: Monitorable {
    /// Runs the operation under this strategy.
    ///
    /// - Parameters:
    ///   - call: what is known of the call; handed on to `operation` as it is.
    ///   - operation: the next layer, or the operation itself. It may run more than once, and
    ///     at the same time.
    func run<Success: Sendable, Failure: Error>(
        _ call: inout Call,
        _ operation: @Sendable (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success
}

/// A strategy that also works on the caller's thread, without suspending.
public protocol BlockingStrategy: Strategy {
    /// Runs the operation under this strategy, blocking the thread where it has to wait.
    func runBlocking<Success, Failure: Error>(
        _ call: inout Call, _ operation: (inout Call) throws(CallError<Failure>) -> Success
    ) throws(CallError<Failure>) -> Success
}

extension Strategy {
    /// Calls `operation` under this strategy.
    ///
    /// - Throws: ``CallError``: the last attempt's own error, a rejection, a time-out, or
    ///   `cancelled` as soon as the task is cancelled.
    @inlinable
    public func call<Success: Sendable, Failure: Error>(
        _ operation: @Sendable () async throws(Failure) -> Success
    ) async throws(CallError<Failure>) -> Success {
        var call = Call()
        return try await run(&call) { call throws(CallError<Failure>) in
            try await attempt(&call, operation)
        }
    }

    /// Calls `operation` and reports, besides its result, what it took.
    public func outcome<Success: Sendable, Failure: Error>(
        time: TimeSource = .monotonic,
        of operation: @Sendable () async throws(Failure) -> Success
    ) async -> Outcome<Success, Failure> {
        var call = Call(records: true)
        let start = time.now
        let result: Result<Success, CallError<Failure>>
        do throws(CallError<Failure>) {
            result = .success(
                try await run(&call) { call throws(CallError<Failure>) in
                    try await attempt(&call, operation)
                })
        } catch {
            result = .failure(error)
        }
        var stopped: Stop?
        if case .failure = result { stopped = call.stopped }
        return Outcome(
            result: result, attempts: call.attempts, failures: call.failures, stopped: stopped,
            elapsed: time.now - start)
    }
}

extension BlockingStrategy {
    /// Calls `operation` under this strategy on the caller's thread.
    ///
    /// - Throws: ``CallError``: the last attempt's own error, a rejection, or `cancelled`.
    @inlinable
    public func callBlocking<Success, Failure: Error>(
        _ operation: () throws(Failure) -> Success
    ) throws(CallError<Failure>) -> Success {
        var call = Call()
        return try runBlocking(&call) { call throws(CallError<Failure>) in
            try attemptBlocking(&call, operation)
        }
    }
}

/// One attempt of the operation itself, the innermost layer of all.
@inlinable
func attempt<Success, Failure: Error>(
    _ call: inout Call, _ operation: @Sendable () async throws(Failure) -> Success
) async throws(CallError<Failure>) -> Success {
    call.start()
    do throws(Failure) {
        return try await operation()
    } catch {
        throw call.fail(error)
    }
}

/// One attempt of the operation itself on the caller's thread.
@inlinable
func attemptBlocking<Success, Failure: Error>(
    _ call: inout Call, _ operation: () throws(Failure) -> Success
) throws(CallError<Failure>) -> Success {
    call.start()
    do throws(Failure) {
        return try operation()
    } catch {
        throw call.fail(error)
    }
}

/// A call's result with what it took to get it.
public struct Outcome<Success, Failure: Error> {
    /// What the call returned or threw.
    public let result: Result<Success, CallError<Failure>>
    /// Attempts made; 0 where the call was rejected.
    public let attempts: Int
    /// The failed attempts in order: the first 100, and after them the latest of each further error
    /// type, of which 64 are told apart. Error types are cut at 128 bytes, messages at 1,024.
    public let failures: [FailedAttempt]
    /// Why there was no further attempt; `nil` where it succeeded, was cancelled, or nothing
    /// retries.
    public let stopped: Stop?
    /// The time from the call's start to its end, waiting included.
    public let elapsed: Duration
}

extension Outcome: Sendable where Success: Sendable {}
