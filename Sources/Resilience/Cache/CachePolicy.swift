/// The size of a cache and the lifetime of its results.
public struct CachePolicy: Equatable, Sendable {
    /// The number of results; 1 to 1,000,000. A full cache drops the least recently used one.
    public let capacity: Int
    /// The lifetime of a result, 1 ms to 365 days; `nil` for no limit.
    public let timeToLive: Duration?

    /// 1,000 results without a time limit.
    public static let standard = literal(try CachePolicy())
    /// 10,000 results for 24 h, the default of idempotency.
    public static let day = literal(
        try CachePolicy(capacity: 10_000, timeToLive: .seconds(86_400)))

    /// Creates a policy.
    ///
    /// - Throws: ``PolicyError`` if a value is outside its bounds.
    public init(capacity: Int = 1_000, timeToLive: Duration? = nil) throws(PolicyError) {
        try PolicyError.require(
            (1...1_000_000).contains(capacity), "CachePolicy.capacity", "1 to 1000000",
            got: capacity)
        if let timeToLive {
            try PolicyError.require(
                timeToLive >= .milliseconds(1) && timeToLive <= Backoff.longest,
                "CachePolicy.timeToLive", "1 ms to 365 days", got: timeToLive)
        }
        self.capacity = capacity
        self.timeToLive = timeToLive
    }
}
