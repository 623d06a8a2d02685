import Resilience
import ResilienceWire

/// What a strategy's layers counted since the last time; they themselves count since their start.
struct FacetCounters {
    private var bulkheadRejected = 0

    /// Adds the facets to a delta's numbers.
    mutating func take(_ facets: Facets, into counters: inout Counters) {
        if let counts = facets.bulkhead?.counts {
            counters.bulkhead = BulkheadCounters(
                active: counts.active, queued: counts.queued,
                rejected: Self.grown(&bulkheadRejected, to: counts.rejected))
        }
    }

    private static func grown(_ last: inout Int, to total: Int) -> Int {
        defer { last = total }
        return max(0, total - last)
    }
}
