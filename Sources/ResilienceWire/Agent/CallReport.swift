/// One call, reported by a client that keeps no counters or for a tap.
public struct CallReport: Equatable, Sendable {
    /// How a call ended.
    public enum End: String, Equatable, Sendable, CaseIterable {
        case ok, failed, rejected, cancelled
    }

    /// The source of a result that did not come from the primary.
    public enum Origin: String, Equatable, Sendable, CaseIterable {
        case fallback, cache
    }

    /// The strategy's name.
    public var strategy: String
    /// How it ended.
    public var end: End
    /// Attempts made, 0 to 1,000,000.
    public var attempts: Int
    /// How long the whole call took, in microseconds.
    public var microseconds: Int64
    /// The error type of each failed attempt.
    public var errors: [String]
    /// The source of the result; absent if it came from the primary.
    public var from: Origin?
    /// Whether the report was sent for a tap, so that the strategy's deltas count the call already.
    public var tap: Bool

    /// A report of one call.
    public init(
        strategy: String, end: End, attempts: Int, microseconds: Int64, errors: [String] = [],
        from: Origin? = nil, tap: Bool = false
    ) {
        self.strategy = strategy
        self.end = end
        self.attempts = attempts
        self.microseconds = microseconds
        self.errors = errors
        self.from = from
        self.tap = tap
    }
}
