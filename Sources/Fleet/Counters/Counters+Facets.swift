import ResilienceWire

// How facets are added and divided. ``FacetVisitor`` says what kinds of fields there are.

/// Adds an earlier period to a later one: counts are summed, gauges stay.
struct PeriodSum: FacetVisitor {
    mutating func count(_ name: StaticString, _ later: inout Int, _ earlier: Int) {
        later = bounded(later, earlier)
    }

    mutating func gauge(_ name: StaticString, _ later: inout Int, _ earlier: Int) {}

    mutating func share(_ name: StaticString, _ later: inout Double, _ earlier: Double) {}

    mutating func longest(
        _ name: StaticString, _ later: inout Int64?, _ earlier: Int64?, of number: Int
    ) {
        later = [later, earlier].compactMap(\.self).max()
    }

    mutating func histogram(
        _ name: StaticString, _ later: inout [LatencyCount], _ earlier: [LatencyCount]
    ) {
        later.add(earlier)
    }
}

/// Adds another instance: counts and gauges are summed, the smaller share is kept.
struct InstanceSum: FacetVisitor {
    private var periods = PeriodSum()

    mutating func count(_ name: StaticString, _ one: inout Int, _ other: Int) {
        one = bounded(one, other)
    }

    mutating func gauge(_ name: StaticString, _ one: inout Int, _ other: Int) {
        one = bounded(one, other)
    }

    mutating func share(_ name: StaticString, _ one: inout Double, _ other: Double) {
        one = min(one, other)
    }

    mutating func longest(
        _ name: StaticString, _ one: inout Int64?, _ other: Int64?, of number: Int
    ) {
        periods.longest(name, &one, other, of: number)
    }

    mutating func histogram(
        _ name: StaticString, _ one: inout [LatencyCount], _ other: [LatencyCount]
    ) {
        one.add(other)
    }
}

/// Reduces each count to a share of it. Gauges stay.
struct CountPart: FacetVisitor {
    let share: (Int) -> Int

    mutating func count(_ name: StaticString, _ value: inout Int, _ other: Int) {
        value = share(value)
    }

    mutating func gauge(_ name: StaticString, _ value: inout Int, _ other: Int) {}

    mutating func share(_ name: StaticString, _ value: inout Double, _ other: Double) {}

    mutating func longest(
        _ name: StaticString, _ value: inout Int64?, _ other: Int64?, of number: Int
    ) {
        if number == 0 { value = nil }
    }

    mutating func histogram(
        _ name: StaticString, _ value: inout [LatencyCount], _ other: [LatencyCount]
    ) {
        value = value.part(share)
    }
}

extension CounterFacets {
    /// Applies a visitor to these facets and others.
    mutating func combine(_ visitor: some FacetVisitor, with other: CounterFacets) {
        var visitor = visitor
        visit(&visitor, with: other)
    }

    /// The facets with each count reduced by `share`; the gauges stay.
    func part(_ share: @escaping (Int) -> Int) -> CounterFacets {
        var part = self
        part.combine(CountPart(share: share), with: self)
        return part
    }
}
