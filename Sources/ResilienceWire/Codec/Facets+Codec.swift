/// Writes facets as JSON objects.
private struct FacetWriter: FacetVisitor {
    var writer: JSONWriter

    mutating func facet<Facet: CounterFacet>(
        _ name: StaticString, _ value: inout Facet?, _ other: Facet?
    ) {
        guard var facet = value else { return }
        writer.key(name)
        writer.beginObject()
        facet.visit(&self, with: facet)
        writer.endObject()
    }

    mutating func count(_ name: StaticString, _ value: inout Int, _ other: Int) {
        writer.field(name, value)
    }

    mutating func gauge(_ name: StaticString, _ value: inout Int, _ other: Int) {
        writer.field(name, value)
    }

    mutating func share(_ name: StaticString, _ value: inout Double, _ other: Double) {
        writer.field(name, value)
    }

    mutating func longest(
        _ name: StaticString, _ value: inout Int64?, _ other: Int64?, of number: Int
    ) {
        writer.field(name, value)
    }

    mutating func histogram(
        _ name: StaticString, _ value: inout [LatencyCount], _ other: [LatencyCount]
    ) {
        writer.histogram(name, value)
    }
}

/// Finds a field by its name and, given its value, sets it.
///
/// A scanner cannot be stored, so reading a field takes two visits: the first says what kind of value
/// the field has, the second sets the value that was read.
private struct FieldFinder: FacetVisitor {
    enum Value {
        case count(Int)
        case share(Double)
        case longest(Int64)
        case histogram([LatencyCount])
    }

    enum Kind {
        case count, share, longest, histogram
    }

    let key: JSONKey
    /// The value to set; `nil` in the first visit.
    var value: Value?
    /// The kind of the field; `nil` if there is no such field.
    private(set) var kind: Kind?
    /// The field that the wire must have; `nil` if there is none.
    private(set) var required: StaticString?

    init(_ key: JSONKey) { self.key = key }

    private mutating func finds(_ name: StaticString, _ kind: Kind) -> Bool {
        guard key == JSONKey(stringLiteral: name) else { return false }
        self.kind = kind
        return true
    }

    mutating func count(_ name: StaticString, _ value: inout Int, _ other: Int) {
        if finds(name, .count), case .count(let count) = self.value { value = count }
    }

    mutating func gauge(_ name: StaticString, _ value: inout Int, _ other: Int) {
        count(name, &value, other)
    }

    mutating func share(_ name: StaticString, _ value: inout Double, _ other: Double) {
        required = name
        if finds(name, .share), case .share(let share) = self.value { value = share }
    }

    mutating func longest(
        _ name: StaticString, _ value: inout Int64?, _ other: Int64?, of number: Int
    ) {
        if finds(name, .longest), case .longest(let longest) = self.value { value = longest }
    }

    mutating func histogram(
        _ name: StaticString, _ value: inout [LatencyCount], _ other: [LatencyCount]
    ) {
        if finds(name, .histogram), case .histogram(let counts) = self.value { value = counts }
    }
}

extension CounterFacet {
    init(_ scanner: inout JSONScanner) throws(WireError) {
        var facet = Self()
        var hasRequired = false
        try scanner.readObject { (scanner, key) throws(WireError) in
            var finder = FieldFinder(key)
            facet.visit(&finder, with: facet)
            switch finder.kind {
            case .count: finder.value = .count(try scanner.count())
            case .longest: finder.value = .longest(try scanner.duration())
            case .histogram: finder.value = .histogram(try LatencyCount.list(&scanner))
            case .share:
                finder.value = .share(try scanner.double(0...1))
                hasRequired = true
            case nil: return try scanner.skipValue()
            }
            facet.visit(&finder, with: facet)
        }
        var finder = FieldFinder(.tooLong)
        facet.visit(&finder, with: facet)
        if let name = finder.required, !hasRequired { throw .missing(field: "\(name)", type: "") }
        self = facet
    }
}

extension CounterFacets {
    func write(to writer: inout JSONWriter) {
        var visitor = FacetWriter(writer: JSONWriter())
        swap(&visitor.writer, &writer)
        var facets = self
        facets.visit(&visitor, with: self)
        swap(&visitor.writer, &writer)
    }
}
