/// The observable and adjustable parts of a pipeline; every layer adds its own.
public struct Facets: Sendable {
    /// The layers' kinds, outermost first, such as `retry`, `breaker`.
    public var kinds: [String] = []
    /// The outermost circuit breaker.
    public var breaker: CircuitBreaker?
    /// The outermost bulkhead.
    public var bulkhead: Bulkhead?
    /// The outermost retry budget.
    public var budget: RetryBudget?
    /// The outermost hedge.
    public var hedge: Hedge?
    /// The outermost fallback's counts.
    public var fallback: FallbackMeter?
    /// The counts of idempotency.
    public var idempotency: IdempotencyMeter?
    /// The counts of batches.
    public var batch: BatchMeter?
    /// The outermost monitor's counts.
    public var meter: Meter?
    /// All limits that can be changed at run time. Of several limits with one name, the outermost
    /// is listed.
    public private(set) var limits: [Limit] = []

    /// Collects the facets of a strategy and of all strategies within it.
    public init(of strategy: some Monitorable) {
        strategy.describe(into: &self)
    }

    mutating func add(_ limit: Limit) {
        guard !limits.contains(where: { $0.name == limit.name }) else { return }
        limits.append(limit)
    }
}
