/// A time limit ended an operation.
public struct TimedOut: ClassifiedError, Equatable, CustomStringConvertible {
    /// How long it was allowed to take.
    public let limit: Duration

    /// A time-out after a limit.
    public init(limit: Duration) {
        self.limit = limit
    }

    /// `timeout`.
    public var errorClass: ErrorClass { .timeout }
    /// `TimeoutError`, under which attempts that were too late are counted.
    public var errorType: String { "TimeoutError" }
    /// The limit in words.
    public var description: String { "timed out after \(limit)" }
}
