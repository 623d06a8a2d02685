/// How a call through strategies fails: one flat enum for every layer, wrapped once, innermost.
public enum CallError<Failure: Error>: Error {
    /// The operation's own error: that of the last attempt.
    case operation(Failure)
    /// A strategy did not let the call, or its next attempt, run.
    case rejected(Rejection)
    /// A time limit ended it.
    case timedOut(after: Duration)
    /// The caller's task was cancelled.
    case cancelled

    /// The same without its wrapping: the operation's own error, a ``Rejection``, ``TimedOut`` or a
    /// `CancellationError`. An untyped `call` throws it, and classifiers see it.
    public var cause: any Error {
        switch self {
        // An untyped one has been taken apart already.
        case .operation(let error):
            Failure.self == (any Error).self
                ? error : (error as? any StrategyError)?.parts.cause ?? error
        case .rejected(let rejection): rejection
        case .timedOut(let limit): TimedOut(limit: limit)
        case .cancelled: CancellationError()
        }
    }

    /// What the error of an operation means where the operation called other strategies: their
    /// rejections and time-outs stay what they are, however many functions lie between.
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

/// What strategies throw: an operation that calls some throws it as an error of its own.
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
    /// What happened, in words.
    public var description: String {
        switch self {
        case .operation(let error): "\(error)"
        case .rejected(let rejection): rejection.description
        case .timedOut(let limit): TimedOut(limit: limit).description
        case .cancelled: "cancelled"
        }
    }
}

/// Throws what an untyped call throws.
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

/// As ``untyped(_:)``, on the caller's thread.
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
