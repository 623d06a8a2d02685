/// The number of calls that can run at the same time, and the size of the queue.
public struct BulkheadPolicy: Sendable {
    /// The number of calls that can run at the same time; 1 to 1,000,000.
    public let maxConcurrent: Int
    /// The number of calls that can wait; 0 to 1,000,000.
    public let queueSize: Int
    /// The longest time that a call waits for a permit, 1 ms to 365 days. `nil` for no limit: a
    /// call that waits for a permit of its own caller then waits for ever.
    public let maxWait: Duration?

    static let concurrentBounds = 1...1_000_000
    static let queueBounds = 0...1_000_000

    /// 10 running calls and 100 waiting calls, without a limit on the wait.
    public static let standard = literal(try BulkheadPolicy())

    /// Creates a policy.
    ///
    /// - Throws: ``PolicyError`` if a value is outside its bounds.
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
