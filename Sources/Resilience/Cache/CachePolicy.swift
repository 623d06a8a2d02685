/// How many results are kept, and for how long.
public struct CachePolicy: Equatable, Sendable {
    /// Results kept; of more, the least recently used goes. 1 to 1,000,000.
    public let capacity: Int
    /// How long a result may be used, 1 ms to 365 days; `nil` for as long as there is room.
    public let timeToLive: Duration?

    /// 1,000 results, for as long as there is room.
    public static let standard = literal(try CachePolicy())
    /// 10,000 results for 24 h, as for idempotency.
    public static let day = literal(
        try CachePolicy(capacity: 10_000, timeToLive: .seconds(86_400)))

    /// A policy of one's own.
    ///
    /// - Throws: ``PolicyError`` where a value is outside its bounds.
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
