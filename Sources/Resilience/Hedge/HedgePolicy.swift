/// When to start another request beside one that has not answered, and how many.
public struct HedgePolicy: Sendable {
    /// Hedge *n* starts at *n x delay*; 0 to 365 days.
    public let delay: Duration
    /// Requests besides the first; 0 to 100.
    public let maxHedges: Int
    /// Where it is set, hedges start at this percentile of recent latencies instead of ``delay``,
    /// as soon as ``minimumSamples`` calls were answered; above 0 and below 1.
    public let percentile: Double?
    /// Which errors another request may not repeat; `nil` for all of them.
    public let classifier: ErrorClassifier?
    /// Which returned values stand for errors; `nil` for none. Where no request returns another, the
    /// first one that was returned is the call's.
    public let results: ResultClassifier?

    /// Answered calls that a percentile needs.
    public static let minimumSamples = 20
    static let delayBounds = Duration.zero...Backoff.longest
    static let hedgeBounds = 0...100

    /// 2 hedges, 100 ms and 200 ms after the first request.
    public static let standard = literal(try HedgePolicy())

    /// A policy of one's own.
    ///
    /// - Throws: ``PolicyError`` where a value is outside its bounds.
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

    /// Whether another request may succeed where one failed like this.
    func mayPass<Failure: Error>(after error: CallError<Failure>) -> Bool {
        switch error {
        case .operation, .timedOut: classifier?.isRetryable(error.cause) ?? true
        case .rejected, .cancelled: false
        }
    }
}
