/// The number of hedges, and the time at which each starts.
public struct HedgePolicy: Sendable {
    /// Hedge *n* starts at *n x delay*; 0 to 365 days.
    public let delay: Duration
    /// The number of requests in addition to the primary; 0 to 100.
    public let maxHedges: Int
    /// If set, hedges start at this percentile of recent latencies instead of ``delay``, once
    /// ``minimumSamples`` calls were answered; above 0 and below 1.
    public let percentile: Double?
    /// Decides which errors allow another request; `nil` for all errors.
    public let classifier: ErrorClassifier?
    /// Decides which returned values are treated as errors; `nil` for none. If all requests return
    /// such values, the first one returned is the call's result.
    public let results: ResultClassifier?

    /// The number of answered calls that a percentile requires.
    public static let minimumSamples = 20
    static let delayBounds = Duration.zero...Backoff.longest
    static let hedgeBounds = 0...100

    /// 2 hedges, 100 ms and 200 ms after the first request.
    public static let standard = literal(try HedgePolicy())

    /// Creates a policy.
    ///
    /// - Throws: ``PolicyError`` if a value is outside its bounds.
    public init(
        delay: Duration = .milliseconds(100), maxHedges: Int = 2, percentile: Double? = nil,
        classifier: ErrorClassifier? = nil, results: ResultClassifier? = nil
    ) throws(PolicyError) {
        try PolicyError.require(
            Self.delayBounds.contains(delay), "HedgePolicy.delay", "0 s to 365 days", got: delay)
        try PolicyError.require(
            Self.hedgeBounds.contains(maxHedges), "HedgePolicy.maxHedges", "0 to 100",
            got: maxHedges)
        if let percentile {
            try PolicyError.require(
                percentile > 0 && percentile < 1, "HedgePolicy.percentile",
                "above 0 and below 1", got: percentile)
        }
        self.delay = delay
        self.maxHedges = maxHedges
        self.percentile = percentile
        self.classifier = classifier
        self.results = results
    }

    /// Returns whether another request may succeed after this error.
    func mayPass<Failure: Error>(after error: CallError<Failure>) -> Bool {
        switch error {
        case .operation, .timedOut: classifier?.isRetryable(error.cause) ?? true
        case .rejected, .cancelled: false
        }
    }
}
