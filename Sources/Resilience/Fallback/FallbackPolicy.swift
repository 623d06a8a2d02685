/// The attempts of primary and fallback, and the cache for when both fail.
public struct FallbackPolicy: Sendable {
    /// The number of attempts of the primary; 1 to 1,000,000.
    public let primaryAttempts: Int
    /// The number of attempts of the fallback; 1 to 1,000,000.
    public let fallbackAttempts: Int
    /// The delays between attempts, for both.
    public let backoff: Backoff
    /// The bounds of the cache of the primary's results; `nil` for no cache.
    public let cache: CachePolicy?

    /// 3 attempts of the primary, 2 of the fallback, and the standard cache.
    public static let standard = literal(try FallbackPolicy())

    /// Creates a policy.
    ///
    /// - Throws: ``PolicyError`` if a value is outside its bounds.
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
