public import ResilienceWire

/// The fields of all facets, for tests that no output omits one.
public enum FacetFields {
    /// Facets in which one field differs from ``before``.
    public struct Change: Sendable, CustomStringConvertible {
        /// The field by its names on the wire, such as `hedge.won`.
        public let field: String
        /// The facets with the other value.
        public let after: CounterFacets

        /// The name of the test case.
        public var description: String { field }
    }

    /// Facets with a value in every field.
    public static let before = FieldSetter.run(changing: nil).facets

    /// One change for each field.
    public static let changes: [Change] = FieldSetter.run(changing: nil).fields.indices.map {
        let (facets, fields) = FieldSetter.run(changing: $0)
        return Change(field: fields[$0], after: facets)
    }
}

/// Sets every field of every facet. The field number ``changed`` gets another value than the rest.
private struct FieldSetter: FacetVisitor {
    let changed: Int?
    var facet = ""
    var fields: [String] = []

    static func run(changing changed: Int?) -> (facets: CounterFacets, fields: [String]) {
        var setter = FieldSetter(changed: changed)
        var facets = CounterFacets()
        facets.visit(&setter, with: CounterFacets())
        return (facets, setter.fields)
    }

    mutating func facet<Facet: CounterFacet>(
        _ name: StaticString, _ value: inout Facet?, _ other: Facet?
    ) {
        facet = "\(name)"
        var new = Facet()
        new.visit(&self, with: Facet())
        value = new
    }

    mutating func count(_ name: StaticString, _ value: inout Int, _ other: Int) {
        value = isChanged(name) ? 90 : 40
    }

    mutating func gauge(_ name: StaticString, _ value: inout Int, _ other: Int) {
        value = isChanged(name) ? 90 : 40
    }

    mutating func share(_ name: StaticString, _ value: inout Double, _ other: Double) {
        value = isChanged(name) ? 0.25 : 0.5
    }

    mutating func longest(
        _ name: StaticString, _ value: inout Int64?, _ other: Int64?, of number: Int
    ) {
        value = isChanged(name) ? 90_000 : 40_000
    }

    mutating func histogram(
        _ name: StaticString, _ value: inout [LatencyCount], _ other: [LatencyCount]
    ) {
        value = [LatencyCount(bucket: isChanged(name) ? 300 : 200, count: 7)]
    }

    private mutating func isChanged(_ name: StaticString) -> Bool {
        fields.append("\(facet).\(name)")
        return changed == fields.count - 1
    }
}
