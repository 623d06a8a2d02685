/// What can be seen of a pipeline and changed in it while it runs; every layer adds its part.
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
    /// What idempotency spared.
    public var idempotency: IdempotencyMeter?
    /// What came of batches.
    public var batch: BatchMeter?
    /// The outermost monitor's counts.
    public var meter: Meter?
    /// Every number that may be changed while it runs; the outermost of a name counts.
    public private(set) var limits: [Limit] = []

    /// The facets of a strategy and all within it.
    public init(of strategy: some Monitorable) {
        strategy.describe(into: &self)
    }

    mutating func add(_ limit: Limit) {
        guard !limits.contains(where: { $0.name == limit.name }) else { return }
        limits.append(limit)
    }
}
