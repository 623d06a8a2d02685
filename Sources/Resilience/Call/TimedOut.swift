/// A time limit ended an operation.
public struct TimedOut: ClassifiedError, Equatable, CustomStringConvertible {
    /// The time limit.
    public let limit: Duration

    /// Creates the error for a time limit.
    public init(limit: Duration) {
        self.limit = limit
    }

    /// `timeout`.
    public var errorClass: ErrorClass { .timeout }
    /// `TimeoutError`, the error type of attempts that exceeded a time limit.
    public var errorType: String { "TimeoutError" }
    /// The limit as text.
    public var description: String { "timed out after \(limit)" }
}
