/// The error of a call through strategies: one flat enum for all layers, wrapped once, innermost.
public enum CallError<Failure: Error>: Error {
    /// The operation's own error, from the last attempt.
    case operation(Failure)
    /// A strategy rejected the call or its next attempt.
    case rejected(Rejection)
    /// A time limit ended the call.
    case timedOut(after: Duration)
    /// The caller's task was cancelled.
    case cancelled

    /// The wrapped error: the operation's own error, a ``Rejection``, ``TimedOut`` or a
    /// `CancellationError`. An untyped `call` throws it, and classifiers receive it.
    public var cause: any Error {
        switch self {
        // An untyped operation error has been unwrapped before.
        case .operation(let error):
            Failure.self == (any Error).self
                ? error : (error as? any StrategyError)?.parts.cause ?? error
        case .rejected(let rejection): rejection
        case .timedOut(let limit): TimedOut(limit: limit)
        case .cancelled: CancellationError()
        }
    }

    /// Converts an operation's error into the error of the call. If the operation called other
    /// strategies, their rejections and time-outs are kept as such, through any number of
    /// functions.
    @usableFromInline
    init(_ error: Failure) {
        guard let parts = (error as? any StrategyError)?.parts else {
            self = .operation(error)
            return
        }
        switch parts {
        case .rejected(let rejection): self = .rejected(rejection)
        case .timedOut(let limit): self = .timedOut(after: limit)
        case .operation, .cancelled: self = .operation(parts.cause as? Failure ?? error)
        }
    }
}

/// The errors that strategies throw. An operation that calls strategies can throw them as its own.
private protocol StrategyError: Error {
    var parts: CallError<any Error> { get }
}

extension Rejection: StrategyError {
    fileprivate var parts: CallError<any Error> { .rejected(self) }
}

extension TimedOut: StrategyError {
    fileprivate var parts: CallError<any Error> { .timedOut(after: limit) }
}

extension CallError: StrategyError {
    fileprivate var parts: CallError<any Error> {
        switch self {
        case .operation(let error): (error as? any StrategyError)?.parts ?? .operation(error)
        case .rejected(let rejection): .rejected(rejection)
        case .timedOut(let limit): .timedOut(after: limit)
        case .cancelled: .cancelled
        }
    }
}

extension CallError: Equatable where Failure: Equatable {}

extension CallError: CustomStringConvertible {
    /// The error as text.
    public var description: String {
        switch self {
        case .operation(let error): "\(error)"
        case .rejected(let rejection): rejection.description
        case .timedOut(let limit): TimedOut(limit: limit).description
        case .cancelled: "cancelled"
        }
    }
}

/// Throws the errors that an untyped call throws.
@inlinable
func untyped<Success, Failure: Error>(
    _ call: () async throws(CallError<Failure>) -> Success
) async throws -> Success {
    do throws(CallError<Failure>) {
        return try await call()
    } catch {
        throw error.cause
    }
}

/// The blocking form of ``untyped(_:)``.
@inlinable
func untypedBlocking<Success, Failure: Error>(
    _ call: () throws(CallError<Failure>) -> Success
) throws -> Success {
    do throws(CallError<Failure>) {
        return try call()
    } catch {
        throw error.cause
    }
}
