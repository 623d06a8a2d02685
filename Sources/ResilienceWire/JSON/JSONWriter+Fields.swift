/// Fields by their wire names. What is absent, and most of what is zero or empty, is not written.
extension JSONWriter {
    package mutating func field(
        _ name: StaticString, _ number: (some FixedWidthInteger & SignedInteger)?
    ) {
        if let number { field(name, number) }
    }

    package mutating func field(_ name: StaticString, _ number: Double?) {
        guard let number else { return }
        key(name)
        value(number)
    }

    package mutating func field(_ name: StaticString, _ flag: Bool) {
        key(name)
        value(flag)
    }

    package mutating func field(_ name: StaticString, _ choice: some RawRepresentable<String>) {
        field(name, choice.rawValue, max: WireLimits.nameBytes)
    }

    /// A name or a label.
    package mutating func field(_ name: StaticString, _ text: String?) {
        if let text { field(name, text, max: WireLimits.nameBytes) }
    }

    package mutating func field(_ name: StaticString, _ text: String?, max: Int) {
        if let text { field(name, text, max: max) }
    }

    package mutating func nonZero(
        _ name: StaticString, _ number: some FixedWidthInteger & SignedInteger
    ) {
        if number != 0 { field(name, number) }
    }

    /// Free text.
    package mutating func nonEmpty(_ name: StaticString, _ text: String) {
        if !text.isEmpty { field(name, text, max: WireLimits.textBytes) }
    }

    package mutating func object(_ name: StaticString, _ body: (inout JSONWriter) -> Void) {
        key(name)
        beginObject()
        body(&self)
        endObject()
    }

    package mutating func array<Element>(
        _ name: StaticString, _ elements: [Element], _ body: (inout JSONWriter, Element) -> Void
    ) {
        key(name)
        beginArray()
        for element in elements { body(&self, element) }
        endArray()
    }
}
