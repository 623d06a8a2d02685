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
        case .operation(let error): (error as? any NestedCallError)?.cause ?? error
        case .rejected(let rejection): rejection
        case .timedOut(let limit): TimedOut(limit: limit)
        case .cancelled: CancellationError()
        }
    }

    /// What the error of an operation means where the operation called other strategies: their
    /// rejections and time-outs stay what they are, however many functions lie between.
    @usableFromInline
    init(_ error: Failure) {
        let cause = (error as? any NestedCallError)?.cause ?? error
        switch cause {
        case let rejection as Rejection: self = .rejected(rejection)
        case let late as TimedOut: self = .timedOut(after: late.limit)
        default: self = .operation(cause as? Failure ?? error)
        }
    }
}

/// A ``CallError`` of any type.
private protocol NestedCallError: Error {
    var cause: any Error { get }
}

extension CallError: NestedCallError {}

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
