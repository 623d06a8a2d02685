/// The reason why a failed call was not retried.
public enum Stop: String, Sendable, CaseIterable, CustomStringConvertible {
    /// All attempts are used up.
    case attempts
    /// The error is not retryable; this includes every rejection.
    case notRetryable = "not retryable"
    /// The retry budget is exhausted.
    case budget
    /// The server requested a longer wait than the policy allows.
    case retryAfter = "retry after"

    /// The reason as text.
    public var description: String { rawValue }
}
