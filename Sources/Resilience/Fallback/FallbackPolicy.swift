/// How often primary and fallback are tried, and which results are kept for when both fail.
public struct FallbackPolicy: Sendable {
    /// Attempts of the primary; 1 to 1,000,000.
    public let primaryAttempts: Int
    /// Attempts of the fallback; 1 to 1,000,000.
    public let fallbackAttempts: Int
    /// How long to wait between attempts, of either.
    public let backoff: Backoff
    /// Which of the primary's results are kept; `nil` for none.
    public let cache: CachePolicy?

    /// 3 attempts of the primary, 2 of the fallback, and the standard cache.
    public static let standard = literal(try FallbackPolicy())

    /// A policy of one's own.
    ///
    /// - Throws: ``PolicyError`` where a value is outside its bounds.
    public init(
        primaryAttempts: Int = 3, fallbackAttempts: Int = 2, backoff: Backoff = .standard,
        cache: CachePolicy? = .standard
    ) throws(PolicyError) {
        for (name, value) in [
            ("primaryAttempts", primaryAttempts), ("fallbackAttempts", fallbackAttempts),
        ] {
            try PolicyError.require(
                RetryPolicy.attemptBounds.contains(value), "FallbackPolicy.\(name)",
                "1 to 1000000", got: value)
        }
        self.primaryAttempts = primaryAttempts
        self.fallbackAttempts = fallbackAttempts
        self.backoff = backoff
        self.cache = cache
    }
}
