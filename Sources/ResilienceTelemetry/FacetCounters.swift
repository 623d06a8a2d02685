import Resilience
import ResilienceWire

/// Turns the counters of a strategy's layers, which count from their start, into the growth since
/// the last delta.
struct FacetCounters {
    /// The counters at the last delta. Counts of replaced layers are subtracted, so they may be
    /// negative.
    private var last = CounterFacets()

    /// Adds the growth of the facets since the last call to a delta's counters.
    mutating func take(_ facets: Facets, into counters: inout Counters) {
        let now = CounterFacets(facets, takesAges: true)
        guard now != CounterFacets() else { return }
        var (growth, visitor) = (now, Growth())
        growth.visit(&visitor, with: last)
        counters.facets = growth
        last = now
    }

    /// Prepares for new facets that count from zero. The next delta then also includes what the
    /// replaced facets counted since the last one.
    mutating func replaced(_ facets: Facets) {
        var visitor = Difference()
        last.visit(&visitor, with: CounterFacets(facets, takesAges: false))
    }
}

/// The growth of counts since earlier ones; 0 if a count has shrunk. Gauges stay.
private struct Growth: FacetVisitor {
    mutating func facet<Facet: CounterFacet>(
        _ name: StaticString, _ now: inout Facet?, _ last: Facet?
    ) {
        now?.visit(&self, with: last ?? Facet())
    }

    mutating func count(_ name: StaticString, _ now: inout Int, _ last: Int) {
        now = max(0, now - last)
    }

    mutating func gauge(_ name: StaticString, _ now: inout Int, _ last: Int) {}

    mutating func share(_ name: StaticString, _ now: inout Double, _ last: Double) {}

    mutating func longest(
        _ name: StaticString, _ now: inout Int64?, _ last: Int64?, of number: Int
    ) {}

    /// No layer of the library has a histogram.
    mutating func histogram(
        _ name: StaticString, _ now: inout [LatencyCount], _ last: [LatencyCount]
    ) {}
}

/// The difference of counts.
private struct Difference: FacetVisitor {
    mutating func facet<Facet: CounterFacet>(
        _ name: StaticString, _ value: inout Facet?, _ other: Facet?
    ) {
        guard let other else { return }
        var difference = value ?? Facet()
        difference.visit(&self, with: other)
        value = difference
    }

    mutating func count(_ name: StaticString, _ value: inout Int, _ other: Int) {
        value -= other
    }

    mutating func gauge(_ name: StaticString, _ value: inout Int, _ other: Int) {}

    mutating func share(_ name: StaticString, _ value: inout Double, _ other: Double) {}

    mutating func longest(
        _ name: StaticString, _ value: inout Int64?, _ other: Int64?, of number: Int
    ) {}

    /// No layer of the library has a histogram.
    mutating func histogram(
        _ name: StaticString, _ value: inout [LatencyCount], _ other: [LatencyCount]
    ) {}
}

extension CounterFacets {
    /// The counters of a strategy's layers since their start.
    ///
    /// - Parameter takesAges: whether to take, and so to reset, the age of the oldest cached answer.
    fileprivate init(_ facets: Facets, takesAges: Bool) {
        self.init()
        bulkhead = (facets.bulkhead?.counts).map {
            BulkheadCounters(active: $0.active, queued: $0.queued, rejected: $0.rejected)
        }
        hedge = (facets.hedge?.counts).map {
            HedgeCounters(launched: $0.launched, won: $0.won)
        }
        fallback = (facets.fallback?.counts).map {
            FallbackCounters(
                used: $0.used, cached: $0.cached,
                oldestAgeMS: takesAges ? facets.fallback?.takeOldestAge()?.milliseconds : nil)
        }
        budget = (facets.budget?.snapshot).map {
            BudgetCounters(remaining: $0.remaining, denied: $0.denied)
        }
        idempotency = (facets.idempotency?.counts).map {
            IdempotencyCounters(executed: $0.executed, shared: $0.shared, replayed: $0.replayed)
        }
        batch = (facets.batch?.counts).map {
            BatchCounters(items: $0.items, failed: $0.failed, partial: $0.partial)
        }
    }
}
