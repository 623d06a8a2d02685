/// One call of a monitored strategy, as it ended.
public struct EndedCall: Equatable, Sendable {
    /// How it ended.
    public let end: RetryMetrics.End
    /// Attempts made; 0 where it was rejected.
    public let attempts: Int
    /// How long it took, waiting included.
    public let took: Duration
    /// The time from the end of its first attempt to its own; zero where no other attempt was made.
    public let retrying: Duration
    /// The error types of failed attempts in order: of the first 100, and after them each further
    /// type once.
    public let errors: [String]
}
