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

/// A strategy that runs the operation in the caller's task only, never twice at the same time: so the
/// operation may use what belongs to its caller, such as the state of an actor.
public protocol SerialStrategy: Strategy {
    /// Runs the operation under this strategy, in the caller's task.
    func run<Success, Failure: Error>(
        _ call: inout Call,
        _ operation: (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success
}

/// A strategy that also works on the caller's thread, without suspending.
public protocol BlockingStrategy: SerialStrategy {
    /// Runs the operation under this strategy, blocking the thread where it has to wait.
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

    /// Calls `operation` and reports, besides its result, what it took.
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

    /// Calls `operation` in the caller's task and reports, besides its result, what it took.
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
    /// The attempts of an operation under this strategy.
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
    /// The attempts of an operation under this strategy, in the caller's task.
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
    /// The attempts of an operation under this strategy, on the caller's thread.
    @inlinable
    func attemptsBlocking<Success, Failure: Error>(
        _ call: inout Call, _ operation: () throws(Failure) -> Success
    ) throws(CallError<Failure>) -> Success {
        try runBlocking(&call) { call throws(CallError<Failure>) in
            try attemptBlocking(&call, operation)
        }
    }
}

/// One attempt of the operation itself, the innermost layer of all.
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
