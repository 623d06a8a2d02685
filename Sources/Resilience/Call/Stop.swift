/// Why a call that failed was not tried again.
public enum Stop: String, Sendable, CaseIterable, CustomStringConvertible {
    /// All attempts are used up.
    case attempts
    /// The error is not worth another attempt, as is any rejection.
    case notRetryable = "not retryable"
    /// The retry budget is exhausted.
    case budget
    /// The server asked for a longer wait than the policy takes.
    case retryAfter = "retry after"

    /// The reason in words.
    public var description: String { rawValue }
}
