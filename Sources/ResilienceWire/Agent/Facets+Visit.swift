// Each facet describes its fields once, here. Everything that treats all fields alike is a visitor:
// the codec, sums over time and over instances, shares, packing, growth, `status --json`.

/// The counters of one kind of layer.
public protocol CounterFacet: Equatable, Sendable {
    /// Counters that are all zero.
    init()

    /// Passes each field to a visitor, in the order of the wire.
    ///
    /// - Parameter other: counters whose fields are passed along, for a visitor that combines two.
    mutating func visit(_ visitor: inout some FacetVisitor, with other: Self)
}

/// A treatment of facets, field by field. `name` is the name on the wire.
public protocol FacetVisitor {
    /// A facet. By default, its fields are visited if both have it.
    mutating func facet<Facet: CounterFacet>(
        _ name: StaticString, _ value: inout Facet?, _ other: Facet?)

    /// A count of the interval: summed over time and over instances.
    mutating func count(_ name: StaticString, _ value: inout Int, _ other: Int)

    /// A number as of now: the latest over time, summed over instances.
    mutating func gauge(_ name: StaticString, _ value: inout Int, _ other: Int)

    /// A share that is left now, 0 to 1: the latest over time, the smallest over instances. The wire
    /// must have it.
    mutating func share(_ name: StaticString, _ value: inout Double, _ other: Double)

    /// The longest of some durations in milliseconds; `nil` if `number`, how many there were, is 0.
    mutating func longest(
        _ name: StaticString, _ value: inout Int64?, _ other: Int64?, of number: Int)

    /// A histogram of durations in the interval: its counts are summed over time and over instances.
    mutating func histogram(
        _ name: StaticString, _ value: inout [LatencyCount], _ other: [LatencyCount])
}

extension FacetVisitor {
    /// Visits the fields of a facet that both have, and takes one that only the other has.
    @inlinable
    public mutating func facet<Facet: CounterFacet>(
        _ name: StaticString, _ value: inout Facet?, _ other: Facet?
    ) {
        guard let other else { return }
        guard value != nil else {
            value = other
            return
        }
        value?.visit(&self, with: other)
    }
}

extension CounterFacets {
    /// Passes each facet to a visitor, in the order of the wire.
    @inlinable
    public mutating func visit(_ visitor: inout some FacetVisitor, with other: CounterFacets) {
        visitor.facet("bulkhead", &bulkhead, other.bulkhead)
        visitor.facet("hedge", &hedge, other.hedge)
        visitor.facet("fallback", &fallback, other.fallback)
        visitor.facet("budget", &budget, other.budget)
        visitor.facet("idempotency", &idempotency, other.idempotency)
        visitor.facet("batch", &batch, other.batch)
        visitor.facet("stream", &stream, other.stream)
    }
}

extension BulkheadCounters: CounterFacet {
    /// Counters that are all zero.
    @inlinable public init() { self.init(active: 0, queued: 0, rejected: 0) }

    /// Passes each field to a visitor, in the order of the wire.
    @inlinable
    public mutating func visit(_ visitor: inout some FacetVisitor, with other: Self) {
        visitor.gauge("active", &active, other.active)
        visitor.gauge("queued", &queued, other.queued)
        visitor.count("rejected", &rejected, other.rejected)
    }
}

extension HedgeCounters: CounterFacet {
    /// Counters that are all zero.
    @inlinable public init() { self.init(launched: 0, won: 0) }

    /// Passes each field to a visitor, in the order of the wire.
    @inlinable
    public mutating func visit(_ visitor: inout some FacetVisitor, with other: Self) {
        visitor.count("launched", &launched, other.launched)
        visitor.count("won", &won, other.won)
    }
}

extension FallbackCounters: CounterFacet {
    /// Counters that are all zero.
    @inlinable public init() { self.init(used: 0, cached: 0) }

    /// Passes each field to a visitor, in the order of the wire.
    @inlinable
    public mutating func visit(_ visitor: inout some FacetVisitor, with other: Self) {
        visitor.count("used", &used, other.used)
        visitor.count("cached", &cached, other.cached)
        visitor.longest("oldest_age_ms", &oldestAgeMS, other.oldestAgeMS, of: cached)
    }
}

extension BudgetCounters: CounterFacet {
    /// Counters that are all zero.
    @inlinable public init() { self.init(remaining: 0, denied: 0) }

    /// Passes each field to a visitor, in the order of the wire.
    @inlinable
    public mutating func visit(_ visitor: inout some FacetVisitor, with other: Self) {
        visitor.share("remaining", &remaining, other.remaining)
        visitor.count("denied", &denied, other.denied)
    }
}

extension IdempotencyCounters: CounterFacet {
    /// Counters that are all zero.
    @inlinable public init() { self.init(executed: 0, shared: 0, replayed: 0) }

    /// Passes each field to a visitor, in the order of the wire.
    @inlinable
    public mutating func visit(_ visitor: inout some FacetVisitor, with other: Self) {
        visitor.count("executed", &executed, other.executed)
        visitor.count("shared", &shared, other.shared)
        visitor.count("replayed", &replayed, other.replayed)
    }
}

extension BatchCounters: CounterFacet {
    /// Counters that are all zero.
    @inlinable public init() { self.init(items: 0, failed: 0, partial: 0) }

    /// Passes each field to a visitor, in the order of the wire.
    @inlinable
    public mutating func visit(_ visitor: inout some FacetVisitor, with other: Self) {
        visitor.count("items", &items, other.items)
        visitor.count("failed", &failed, other.failed)
        visitor.count("partial", &partial, other.partial)
    }
}

extension StreamCounters: CounterFacet {
    /// Counters that are all zero.
    @inlinable public init() { self.init(firstByte: []) }

    /// Passes each field to a visitor, in the order of the wire.
    @inlinable
    public mutating func visit(_ visitor: inout some FacetVisitor, with other: Self) {
        visitor.histogram("first_byte", &firstByte, other.firstByte)
    }
}
