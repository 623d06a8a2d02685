/// Appends JSON to a buffer. Commas are its business, the grammar's order its caller's.
package struct JSONWriter {
    /// What was written; a caller's buffer is swapped in, so that it is appended to in place.
    package var bytes: [UInt8] = []
    private var needsComma = false

    /// Nothing written yet.
    package init() {}

    package mutating func beginObject() { begin("{") }
    package mutating func endObject() { end("}") }
    package mutating func beginArray() { begin("[") }
    package mutating func endArray() { end("]") }

    /// A field's name; its value comes next.
    package mutating func key(_ name: StaticString) {
        append(upTo: Self.room(for: name)) { $0.append(key: name) }
        needsComma = false
    }

    /// A field with a number, in one go: most of what is written.
    package mutating func field(
        _ name: StaticString, _ number: some FixedWidthInteger & SignedInteger
    ) {
        let number = Int64(number)
        append(upTo: Self.room(for: name) + Self.numberRoom) { room in
            room.append(key: name)
            room.append(number: number)
        }
        needsComma = true
    }

    /// A field with an instance's digits.
    package mutating func field(_ name: StaticString, _ digits: InstanceDigits) {
        append(upTo: Self.room(for: name) + 2 + WireLimits.instanceDigits) { room in
            room.append(key: name)
            room.append(UInt8(ascii: "\""))
            digits.append(to: &room)
            room.append(UInt8(ascii: "\""))
        }
        needsComma = true
    }

    /// Two quotes and a colon.
    private static func room(for name: StaticString) -> Int { name.utf8CodeUnitCount + 3 }
    /// A sign and 19 digits.
    private static let numberRoom = 20

    /// Appends at most so many bytes in one go, behind the comma that is due.
    @inline(__always)
    private mutating func append(
        upTo count: Int, _ write: (inout OutputSpan<UInt8>) -> Void
    ) {
        let needsComma = needsComma
        bytes.append(addingCapacity: count + 1) { room in
            if needsComma { room.append(UInt8(ascii: ",")) }
            write(&room)
        }
    }

    /// A name that comes from outside, such as an error type.
    package mutating func key(_ name: String, max: Int) {
        comma()
        quote(name, max: max)
        endKey()
    }

    package mutating func value(_ value: Bool) {
        comma()
        append(value ? "true" : "false")
    }

    package mutating func value(_ value: some FixedWidthInteger & SignedInteger) {
        let number = Int64(value)
        append(upTo: Self.numberRoom) { $0.append(number: number) }
        needsComma = true
    }

    /// A whole number without a fraction. JSON has no infinity and no NaN: they are written as the
    /// nearest double, and as 0, since an agent must not fail for a number that it reports.
    package mutating func value(_ value: Double) {
        let limit = Double.greatestFiniteMagnitude
        let finite = value.isNaN ? 0 : min(max(value, -limit), limit)
        // Not `Int64(exactly:)`, which would need libm's `trunc`.
        if finite.magnitude <= Double(WireLimits.count), Double(Int64(finite)) == finite {
            self.value(Int64(finite))
        } else {
            comma()
            let text = finite.description
            append(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
        }
    }

    /// A string, cut after at most `max` bytes, at a character's end.
    package mutating func value(_ value: String, max: Int) {
        comma()
        quote(value, max: max)
    }

    /// The end of a line.
    package mutating func newline() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    private mutating func begin(_ bracket: Unicode.Scalar) {
        comma()
        bytes.append(UInt8(ascii: bracket))
        needsComma = false
    }

    private mutating func end(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        needsComma = true
    }

    @inline(__always)
    private mutating func comma() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func endKey() {
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func quote(_ text: String, max: Int) {
        var text = text
        text.withUTF8 { utf8 in
            let clipped = Self.clip(utf8, max)
            guard !Self.mustBeEscaped(clipped) else { return quoteEscaped(clipped) }
            bytes.append(addingCapacity: clipped.count + 2) { $0.append(quoting: clipped) }
        }
    }

    /// A field with a string, in one go where nothing in it must be escaped.
    package mutating func field(_ name: StaticString, _ text: String, max: Int) {
        var text = text
        text.withUTF8 { utf8 in
            let clipped = Self.clip(utf8, max)
            guard !Self.mustBeEscaped(clipped) else {
                key(name)
                return quoteEscaped(clipped)
            }
            append(upTo: Self.room(for: name) + 2 + clipped.count) { room in
                room.append(key: name)
                room.append(quoting: clipped)
            }
        }
        needsComma = true
    }

    /// At most so many bytes, to a character's end.
    @inline(__always)
    private static func clip(
        _ utf8: UnsafeBufferPointer<UInt8>, _ max: Int
    ) -> UnsafeBufferPointer<UInt8> {
        guard utf8.count > max else { return utf8 }
        var end = max
        // Back to a character's first byte, so that what is left is UTF-8.
        while end < utf8.count, utf8[end] & 0xC0 == 0x80 { end -= 1 }
        return UnsafeBufferPointer(rebasing: utf8[..<end])
    }

    private mutating func quoteEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text { appendEscaped(byte) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case UInt8(ascii: "\n"): append("\\n")
        case UInt8(ascii: "\t"): append("\\t")
        case UInt8(ascii: "\r"): append("\\r")
        case 0..<0x20:
            append(byte < 0x10 ? "\\u000" : "\\u00")
            append(String(byte, radix: 16))
        default: bytes.append(byte)
        }
    }

    @inline(__always)
    private static func mustBeEscaped(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        text.contains { byte in
            byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
        }
    }
}

extension OutputSpan<UInt8> {
    @inline(__always)
    @_lifetime(self: copy self)
    fileprivate mutating func append(copying other: UnsafeBufferPointer<UInt8>) {
        for byte in other { append(byte) }
    }

    @inline(__always)
    @_lifetime(self: copy self)
    fileprivate mutating func append(quoting text: UnsafeBufferPointer<UInt8>) {
        append(UInt8(ascii: "\""))
        append(copying: text)
        append(UInt8(ascii: "\""))
    }

    @inline(__always)
    @_lifetime(self: copy self)
    fileprivate mutating func append(key name: StaticString) {
        append(UInt8(ascii: "\""))
        name.withUTF8Buffer { append(copying: $0) }
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: ":"))
    }

    @inline(__always)
    @_lifetime(self: copy self)
    fileprivate mutating func append(number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        let magnitude = number.magnitude
        var count = 1
        var power: UInt64 = 10
        while magnitude >= power, count < 19 {
            count += 1
            power &*= 10
        }
        withUnsafeMutableBufferPointer { buffer, initialized in
            var rest = magnitude
            var index = initialized + count
            initialized = index
            // Two at a time: each division waits for the one before.
            while rest >= 10 {
                let (hundreds, pair) = rest.quotientAndRemainder(dividingBy: 100)
                index -= 2
                buffer[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: pair / 10)
                buffer[index + 1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: pair % 10)
                rest = hundreds
            }
            if index > initialized - count {
                buffer[index - 1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest)
            }
        }
    }
}
