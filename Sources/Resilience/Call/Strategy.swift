/// A strategy runs operations on behalf of a caller. Strategies nest: the operation of one can be
/// the `run` of another.
public protocol Strategy: Monitorable {
    /// Runs the operation under this strategy.
    ///
    /// - Parameters:
    /// - call: the state of the call; the strategy passes it on to `operation`.
    /// - operation: the next layer or the operation itself. It may run several times, also
    ///   concurrently.
    func run<Success: Sendable, Failure: Error>(
        _ call: inout Call,
        _ operation: @Sendable (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success
}

/// A strategy that runs the operation only in the caller's task and never concurrently. The
/// operation may therefore use state of its caller, such as that of an actor.
public protocol SerialStrategy: Strategy {
    /// Runs the operation under this strategy, in the caller's task.
    func run<Success, Failure: Error>(
        _ call: inout Call,
        _ operation: (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success
}

/// A strategy that can also run on the caller's thread, without suspending.
public protocol BlockingStrategy: SerialStrategy {
    /// Runs the operation under this strategy. Blocks the thread while it waits.
    func runBlocking<Success, Failure: Error>(
        _ call: inout Call, _ operation: (inout Call) throws(CallError<Failure>) -> Success
    ) throws(CallError<Failure>) -> Success
}

extension Strategy {
    /// Calls `operation` under this strategy.
    ///
    /// - Throws: the last attempt's own error, ``Rejection``, ``TimedOut``, or `CancellationError` as
    ///   soon as the task is cancelled.
    @inlinable
    public func call<Success: Sendable>(
        _ operation: @Sendable () async throws -> Success
    ) async throws -> Success {
        var call = Call()
        do throws(CallError<any Error>) {
            return try await attempts(&call, operation)
        } catch {
            throw error.cause
        }
    }

    /// Calls `operation` under this strategy, and keeps the type of its errors.
    ///
    /// ```swift
    /// do {
    ///     try await payments.call(throwing: PayError.self) { () throws(PayError) in
    ///         try await charge(card)
    ///     }
    /// } catch .operation(.declined) {
    /// ```
    ///
    /// - Throws: ``CallError``: the last attempt's own error, a rejection, a time-out, or `cancelled` as
    ///   soon as the task is cancelled.
    @inlinable
    public func call<Success: Sendable, Failure: Error>(
        throwing _: Failure.Type, _ operation: @Sendable () async throws(Failure) -> Success
    ) async throws(CallError<Failure>) -> Success {
        var call = Call()
        return try await attempts(&call, operation)
    }

    /// Calls `operation` and returns its result with attempts, failures and duration.
    public func outcome<Success: Sendable, Failure: Error>(
        time: TimeSource = .monotonic,
        of operation: @Sendable () async throws(Failure) -> Success
    ) async -> Outcome<Success, Failure> {
        await Outcome(time) { call throws(CallError<Failure>) in
            try await attempts(&call, operation)
        }
    }
}

extension SerialStrategy {
    /// Calls `operation` under this strategy, in the caller's task.
    ///
    /// - Throws: the last attempt's own error, ``Rejection``, ``TimedOut``, or `CancellationError` as
    ///   soon as the task is cancelled.
    @inlinable
    public func call<Success>(_ operation: () async throws -> Success) async throws -> Success {
        var call = Call()
        do throws(CallError<any Error>) {
            return try await attempts(&call, operation)
        } catch {
            throw error.cause
        }
    }

    /// Calls `operation` under this strategy, in the caller's task, and keeps the type of its errors.
    ///
    /// - Throws: ``CallError``: the last attempt's own error, a rejection, a time-out, or `cancelled` as
    ///   soon as the task is cancelled.
    @inlinable
    public func call<Success, Failure: Error>(
        throwing _: Failure.Type, _ operation: () async throws(Failure) -> Success
    ) async throws(CallError<Failure>) -> Success {
        var call = Call()
        return try await attempts(&call, operation)
    }

    /// Calls `operation` in the caller's task and returns its result with attempts, failures and
    /// duration.
    public func outcome<Success, Failure: Error>(
        time: TimeSource = .monotonic, of operation: () async throws(Failure) -> Success
    ) async -> Outcome<Success, Failure> {
        await Outcome(time) { call throws(CallError<Failure>) in
            try await attempts(&call, operation)
        }
    }
}

extension BlockingStrategy {
    /// Calls `operation` under this strategy on the caller's thread, which it blocks while it waits.
    ///
    /// - Throws: the last attempt's own error, ``Rejection``, or `CancellationError`.
    @available(*, noasync, message: "it blocks a thread of Swift's pool; use call")
    @inlinable
    public func callBlocking<Success>(_ operation: () throws -> Success) throws -> Success {
        var call = Call()
        do throws(CallError<any Error>) {
            return try attemptsBlocking(&call, operation)
        } catch {
            throw error.cause
        }
    }

    /// Calls `operation` under this strategy on the caller's thread, and keeps the type of its errors.
    ///
    /// - Throws: ``CallError``: the last attempt's own error, a rejection, or `cancelled`.
    @available(*, noasync, message: "it blocks a thread of Swift's pool; use call")
    @inlinable
    public func callBlocking<Success, Failure: Error>(
        throwing _: Failure.Type, _ operation: () throws(Failure) -> Success
    ) throws(CallError<Failure>) -> Success {
        var call = Call()
        return try attemptsBlocking(&call, operation)
    }
}

extension Strategy {
    /// Runs an operation under this strategy as a part of `call`.
    @inlinable
    func attempts<Success: Sendable, Failure: Error>(
        _ call: inout Call, _ operation: @Sendable () async throws(Failure) -> Success
    ) async throws(CallError<Failure>) -> Success {
        try await run(&call) { call throws(CallError<Failure>) in
            try await attempt(&call, operation)
        }
    }
}

extension SerialStrategy {
    /// Runs an operation under this strategy as a part of `call`, in the caller's task.
    @inlinable
    func attempts<Success, Failure: Error>(
        _ call: inout Call, _ operation: () async throws(Failure) -> Success
    ) async throws(CallError<Failure>) -> Success {
        try await run(&call) { call throws(CallError<Failure>) in
            try await attempt(&call, operation)
        }
    }
}

extension BlockingStrategy {
    /// Runs an operation under this strategy as a part of `call`, on the caller's thread.
    @inlinable
    func attemptsBlocking<Success, Failure: Error>(
        _ call: inout Call, _ operation: () throws(Failure) -> Success
    ) throws(CallError<Failure>) -> Success {
        try runBlocking(&call) { call throws(CallError<Failure>) in
            try attemptBlocking(&call, operation)
        }
    }
}

/// Runs one attempt of the operation, the innermost layer.
@inlinable
func attempt<Success, Failure: Error>(
    _ call: inout Call, _ operation: () async throws(Failure) -> Success
) async throws(CallError<Failure>) -> Success {
    call.start()
    do throws(Failure) {
        return try await operation()
    } catch {
        throw call.fail(error)
    }
}

/// Runs one attempt of the operation on the caller's thread.
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
