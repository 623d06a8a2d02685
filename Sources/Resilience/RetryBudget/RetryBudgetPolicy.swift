/// The limit on retries in addition to the attempts that a strategy allows each call.
public struct RetryBudgetPolicy: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case time(Duration)
        case tokenBucket(share: Double, perSecond: Double, over: Duration)
        case throttling(maxTokens: Double, tokenRatio: Double)
    }

    let kind: Kind

    static let shareBounds = 0.001...1.0

    /// The guide's budget: 300 s of retries per call.
    public static let standard = RetryBudgetPolicy(kind: .time(.seconds(300)))

    /// Finagle's budget: 20 % of the calls and 10 retries per second, over 10 s.
    public static let finagle = RetryBudgetPolicy(
        kind: .tokenBucket(share: 0.2, perSecond: 10, over: .seconds(10)))

    /// gRPC's budget with the numbers of proposal A6: 10 tokens, and 0.1 tokens for each success.
    public static let grpc = RetryBudgetPolicy(kind: .throttling(maxTokens: 10, tokenRatio: 0.1))

    private init(kind: Kind) {
        self.kind = kind
    }

    /// Each call may retry for a time after its first failure; no retry starts later.
    ///
    /// - Parameter limit: 1 ms to 365 days.
    /// - Throws: ``PolicyError`` if the value is outside its bounds.
    public static func time(_ limit: Duration) throws(PolicyError) -> RetryBudgetPolicy {
        try PolicyError.require(
            limit >= .milliseconds(1) && limit <= Backoff.longest, "RetryBudgetPolicy.time",
            "1 ms to 365 days", got: limit)
        return RetryBudgetPolicy(kind: .time(limit))
    }

    /// Allows retries for a share of the latest calls, and a number of retries per second for
    /// services that are called rarely (Finagle, `RetryBudget`).
    ///
    /// - Parameters:
    ///   - share: the retries that each call adds; 0.001 to 1.
    ///   - perSecond: additional retries per second; 0 to 1,000,000.
    ///   - time: the time for which a call and a retry count; 1 s to 60 s, as in Finagle.
    /// - Throws: ``PolicyError`` if a value is outside its bounds.
    public static func tokenBucket(
        share: Double = 0.2, perSecond: Double = 10, over time: Duration = .seconds(10)
    ) throws(PolicyError) -> RetryBudgetPolicy {
        try requireShare(share, "share")
        try PolicyError.require(
            perSecond >= 0 && perSecond <= 1_000_000, "RetryBudgetPolicy.perSecond",
            "0 to 1000000", got: perSecond)
        try PolicyError.require(
            time >= .seconds(1) && time <= .seconds(60), "RetryBudgetPolicy.over", "1 s to 60 s",
            got: time)
        return RetryBudgetPolicy(
            kind: .tokenBucket(share: share, perSecond: perSecond, over: time))
    }

    /// Takes a token for each failure and adds a part of a token for each success. Retries are
    /// allowed only while more than half of the tokens are left (gRPC proposal A6, "Throttling
    /// Retry Attempts").
    ///
    /// - Parameters:
    ///   - maxTokens: 1 to 1,000.
    ///   - tokenRatio: the part of a token that a success adds; 0.001 to 1.
    /// - Throws: ``PolicyError`` if a value is outside its bounds.
    public static func throttling(
        maxTokens: Double = 10, tokenRatio: Double = 0.1
    ) throws(PolicyError) -> RetryBudgetPolicy {
        try PolicyError.require(
            maxTokens >= 1 && maxTokens <= 1_000, "RetryBudgetPolicy.maxTokens", "1 to 1000",
            got: maxTokens)
        try requireShare(tokenRatio, "tokenRatio")
        return RetryBudgetPolicy(kind: .throttling(maxTokens: maxTokens, tokenRatio: tokenRatio))
    }

    private static func requireShare(_ share: Double, _ name: String) throws(PolicyError) {
        try PolicyError.require(
            shareBounds.contains(share), "RetryBudgetPolicy.\(name)", "0.001 to 1", got: share)
    }
}
