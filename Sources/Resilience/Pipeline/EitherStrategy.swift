/// One of two strategies; the result of `if` and `else` in a ``Pipeline``.
public enum EitherStrategy<First: Strategy, Second: Strategy>: Strategy {
    /// The first one.
    case first(First)
    /// The second one.
    case second(Second)

    /// Runs the operation under the selected strategy.
    @inlinable
    public func run<Success: Sendable, Failure: Error>(
        _ call: inout Call,
        _ operation: @Sendable (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        switch self {
        case .first(let strategy): try await strategy.run(&call, operation)
        case .second(let strategy): try await strategy.run(&call, operation)
        }
    }

    /// Adds the facets of the selected strategy.
    public func describe(into facets: inout Facets) {
        switch self {
        case .first(let strategy): strategy.describe(into: &facets)
        case .second(let strategy): strategy.describe(into: &facets)
        }
    }
}

extension EitherStrategy: SerialStrategy where First: SerialStrategy, Second: SerialStrategy {
    /// Runs the operation in the caller's task.
    @inlinable
    public func run<Success, Failure: Error>(
        _ call: inout Call,
        _ operation: (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        switch self {
        case .first(let strategy): try await strategy.run(&call, operation)
        case .second(let strategy): try await strategy.run(&call, operation)
        }
    }
}

extension EitherStrategy: BlockingStrategy where First: BlockingStrategy, Second: BlockingStrategy {
    /// Runs the operation on the caller's thread.
    @inlinable
    public func runBlocking<Success, Failure: Error>(
        _ call: inout Call, _ operation: (inout Call) throws(CallError<Failure>) -> Success
    ) throws(CallError<Failure>) -> Success {
        switch self {
        case .first(let strategy): try strategy.runBlocking(&call, operation)
        case .second(let strategy): try strategy.runBlocking(&call, operation)
        }
    }
}

/// A strategy that does nothing; the result of an `if` without `else` in a ``Pipeline`` if the
/// condition is false.
public struct NoStrategy: BlockingStrategy {
    @usableFromInline
    init() {}

    /// Runs the operation in the caller's task.
    @inlinable
    public func run<Success, Failure: Error>(
        _ call: inout Call,
        _ operation: (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        try await operation(&call)
    }

    /// Runs the operation on the caller's thread.
    @inlinable
    public func runBlocking<Success, Failure: Error>(
        _ call: inout Call, _ operation: (inout Call) throws(CallError<Failure>) -> Success
    ) throws(CallError<Failure>) -> Success {
        try operation(&call)
    }

    /// Adds nothing.
    public func describe(into facets: inout Facets) {}
}
