import Resilience
import ResilienceWire

/// Turns the counters of a strategy's layers, which count from their start, into the growth since
/// the last delta.
struct FacetCounters {
    private var bulkheadRejected = 0
    private var hedgesLaunched = 0
    private var hedgesWon = 0
    private var fallbackUsed = 0
    private var fallbackCached = 0
    private var retriesDenied = 0
    private var executed = 0
    private var shared = 0
    private var replayed = 0
    private var items = 0
    private var itemsFailed = 0
    private var partial = 0

    /// Adds the growth of the facets since the last call to a delta's counters.
    mutating func take(_ facets: Facets, into counters: inout Counters) {
        if let counts = facets.bulkhead?.counts {
            counters.bulkhead = BulkheadCounters(
                active: counts.active, queued: counts.queued,
                rejected: Self.grown(&bulkheadRejected, to: counts.rejected))
        }
        if let counts = facets.hedge?.counts {
            counters.hedge = HedgeCounters(
                launched: Self.grown(&hedgesLaunched, to: counts.launched),
                won: Self.grown(&hedgesWon, to: counts.won))
        }
        if let counts = facets.fallback?.counts {
            counters.fallback = FallbackCounters(
                used: Self.grown(&fallbackUsed, to: counts.used),
                cached: Self.grown(&fallbackCached, to: counts.cached),
                oldestAgeMS: facets.fallback?.takeOldestAge()?.milliseconds)
        }
        if let snapshot = facets.budget?.snapshot {
            counters.budget = BudgetCounters(
                remaining: snapshot.remaining,
                denied: Self.grown(&retriesDenied, to: snapshot.denied))
        }
        if let counts = facets.idempotency?.counts {
            counters.idempotency = IdempotencyCounters(
                executed: Self.grown(&executed, to: counts.executed),
                shared: Self.grown(&shared, to: counts.shared),
                replayed: Self.grown(&replayed, to: counts.replayed))
        }
        if let counts = facets.batch?.counts {
            counters.batch = BatchCounters(
                items: Self.grown(&items, to: counts.items),
                failed: Self.grown(&itemsFailed, to: counts.failed),
                partial: Self.grown(&partial, to: counts.partial))
        }
    }

    /// Prepares for new facets that count from zero. The next delta then also includes what the
    /// replaced facets counted since the last one.
    mutating func replaced(_ facets: Facets) {
        if let counts = facets.bulkhead?.counts { bulkheadRejected -= counts.rejected }
        if let counts = facets.hedge?.counts {
            hedgesLaunched -= counts.launched
            hedgesWon -= counts.won
        }
        if let counts = facets.fallback?.counts {
            fallbackUsed -= counts.used
            fallbackCached -= counts.cached
        }
        if let snapshot = facets.budget?.snapshot { retriesDenied -= snapshot.denied }
        if let counts = facets.idempotency?.counts {
            executed -= counts.executed
            shared -= counts.shared
            replayed -= counts.replayed
        }
        if let counts = facets.batch?.counts {
            items -= counts.items
            itemsFailed -= counts.failed
            partial -= counts.partial
        }
    }

    private static func grown(_ last: inout Int, to total: Int) -> Int {
        defer { last = total }
        return max(0, total - last)
    }
}
