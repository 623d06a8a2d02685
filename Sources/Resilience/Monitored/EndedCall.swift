/// A call of a monitored strategy that has ended.
public struct EndedCall: Equatable, Sendable {
    /// The way in which the call ended.
    public let end: RetryMetrics.End
    /// Attempts made; 0 if the call was rejected.
    public let attempts: Int
    /// The duration of the call, including waits.
    public let took: Duration
    /// The time from the end of the first attempt to the end of the call; zero if there was only
    /// one attempt.
    public let retrying: Duration
    /// The error types of failed attempts in order: of the first 100, then each further type once.
    public let errors: [String]
}
