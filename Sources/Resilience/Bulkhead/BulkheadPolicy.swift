/// How many calls run at once, and how many wait for their turn.
public struct BulkheadPolicy: Sendable {
    /// Calls at once; 1 to 1,000,000.
    public let maxConcurrent: Int
    /// Calls that wait; 0 to 1,000,000.
    public let queueSize: Int
    /// The longest that a call waits for a place, 1 ms to 365 days; `nil` for as long as it takes,
    /// which is for ever where a call waits for a place that its own caller holds.
    public let maxWait: Duration?

    static let concurrentBounds = 1...1_000_000
    static let queueBounds = 0...1_000_000

    /// 10 calls at once, and 100 that wait for as long as it takes.
    public static let standard = literal(try BulkheadPolicy())

    /// A policy of one's own.
    ///
    /// - Throws: ``PolicyError`` where a value is outside its bounds.
    public init(
        maxConcurrent: Int = 10, queueSize: Int = 100, maxWait: Duration? = nil
    ) throws(PolicyError) {
        try PolicyError.require(
            Self.concurrentBounds.contains(maxConcurrent), "BulkheadPolicy.maxConcurrent",
            "1 to 1000000", got: maxConcurrent)
        try PolicyError.require(
            Self.queueBounds.contains(queueSize), "BulkheadPolicy.queueSize", "0 to 1000000",
            got: queueSize)
        if let maxWait {
            try PolicyError.require(
                maxWait >= .milliseconds(1) && maxWait <= Backoff.longest,
                "BulkheadPolicy.maxWait", "1 ms to 365 days", got: maxWait)
        }
        self.maxConcurrent = maxConcurrent
        self.queueSize = queueSize
        self.maxWait = maxWait
    }
}
