import Fleet
import ResilienceWire

/// Collects the fields of facets by name, as `status --json` prints them.
struct FacetValues: FacetVisitor {
    /// A number of a field.
    enum Number: Encodable {
        case whole(Int64)
        case share(Double)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .whole(let number): try container.encode(number)
            case .share(let number): try container.encode(number)
            }
        }
    }

    private var all: [String: [String: Number]] = [:]
    private var fields: [String: Number] = [:]

    /// The numbers of each facet that there is.
    static func of(_ facets: CounterFacets?) -> [String: [String: Number]] {
        guard var facets else { return [:] }
        var visitor = FacetValues()
        facets.visit(&visitor, with: facets)
        return visitor.all
    }

    mutating func facet<Facet: CounterFacet>(
        _ name: StaticString, _ value: inout Facet?, _ other: Facet?
    ) {
        guard var facet = value else { return }
        fields = [:]
        facet.visit(&self, with: facet)
        all["\(name)"] = fields
    }

    mutating func count(_ name: StaticString, _ value: inout Int, _ other: Int) {
        fields["\(name)"] = .whole(Int64(value))
    }

    mutating func gauge(_ name: StaticString, _ value: inout Int, _ other: Int) {
        count(name, &value, other)
    }

    mutating func share(_ name: StaticString, _ value: inout Double, _ other: Double) {
        fields["\(name)"] = .share(value)
    }

    mutating func longest(
        _ name: StaticString, _ value: inout Int64?, _ other: Int64?, of number: Int
    ) {
        fields["\(name)"] = value.map { .whole($0) }
    }

    mutating func histogram(
        _ name: StaticString, _ value: inout [LatencyCount], _ other: [LatencyCount]
    ) {
        for (percentile, share) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)] {
            fields["\(name)_\(percentile)_us"] = value.percentile(share).map { .whole(Int64($0)) }
        }
    }
}
