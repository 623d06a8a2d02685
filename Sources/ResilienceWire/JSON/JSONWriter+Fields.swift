/// Writes fields by their wire names. Absent values, and most values that are zero or empty, are
/// left out.
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

    /// Writes a name or a label.
    package mutating func field(_ name: StaticString, _ text: String?) {
        if let text { field(name, text, max: WireLimits.nameBytes) }
    }

    package mutating func field(_ name: StaticString, _ text: String?, max: Int) {
        if let text { field(name, text, max: max) }
    }

    package mutating func field(_ name: StaticString, _ address: Address) {
        field(name, address.description, max: WireLimits.addressBytes)
    }

    package mutating func nonZero(
        _ name: StaticString, _ number: some FixedWidthInteger & SignedInteger
    ) {
        if number != 0 { field(name, number) }
    }

    /// Writes free text, unless it is empty.
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
