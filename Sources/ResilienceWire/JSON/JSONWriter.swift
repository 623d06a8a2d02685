/// Appends JSON to a buffer. The writer adds the commas; the caller is responsible for correct
/// nesting.
package struct JSONWriter {
    /// The bytes written so far. A caller's buffer can be swapped in, to append to it in place.
    package var bytes: [UInt8] = []
    private var needsComma = false

    /// A writer without any output.
    package init() {}

    package mutating func beginObject() { begin("{") }
    package mutating func endObject() { end("}") }
    package mutating func beginArray() { begin("[") }
    package mutating func endArray() { end("]") }

    /// Writes a field's name. The caller then writes its value.
    package mutating func key(_ name: StaticString) {
        append(upTo: Self.room(for: name)) { $0.append(key: name) }
        needsComma = false
    }

    /// Writes a field with a number in one operation; most of the output is of this form.
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

    /// Writes a field whose name is a number.
    package mutating func field(named name: Int, _ number: Int) {
        append(upTo: 2 * Self.numberRoom + 3) { room in
            room.append(UInt8(ascii: "\""))
            room.append(number: Int64(name))
            room.append(UInt8(ascii: "\""))
            room.append(UInt8(ascii: ":"))
            room.append(number: Int64(number))
        }
        needsComma = true
    }

    /// Writes a list of two numbers.
    package mutating func pair(_ first: Int, _ second: Int) {
        append(upTo: 2 * Self.numberRoom + 3) { room in
            room.append(UInt8(ascii: "["))
            room.append(number: Int64(first))
            room.append(UInt8(ascii: ","))
            room.append(number: Int64(second))
            room.append(UInt8(ascii: "]"))
        }
        needsComma = true
    }

    /// Writes a field with an instance's digits.
    package mutating func field(_ name: StaticString, _ digits: InstanceDigits) {
        append(upTo: Self.room(for: name) + 2 + WireLimits.instanceDigits) { room in
            room.append(key: name)
            room.append(UInt8(ascii: "\""))
            digits.append(to: &room)
            room.append(UInt8(ascii: "\""))
        }
        needsComma = true
    }

    /// The bytes for a name with two quotes and a colon.
    private static func room(for name: StaticString) -> Int { name.utf8CodeUnitCount + 3 }
    /// The bytes for a sign and 19 digits.
    private static let numberRoom = 20

    /// Appends up to a number of bytes in one operation, after a comma if one is due.
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

    /// Writes a field's name that comes from outside, such as an error type.
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

    /// Writes a double, without a fraction if it is a whole number. JSON has no infinity and no
    /// NaN: infinity becomes the nearest finite double and NaN becomes 0, so that a bad number
    /// never makes an agent fail.
    package mutating func value(_ value: Double) {
        let limit = Double.greatestFiniteMagnitude
        let finite = value.isNaN ? 0 : min(max(value, -limit), limit)
        // `Int64(exactly:)` would need `trunc` of libm.
        if finite.magnitude <= Double(WireLimits.count), Double(Int64(finite)) == finite {
            self.value(Int64(finite))
        } else {
            comma()
            let text = finite.description
            append(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
        }
    }

    /// Writes a string, cut to at most `max` bytes at a character boundary.
    package mutating func value(_ value: String, max: Int) {
        comma()
        quote(value, max: max)
    }

    /// Ends the line.
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

    /// Writes a field with a string, in one operation if no character needs an escape.
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

    /// Returns the UTF-8 bytes of a text, cut to at most a maximum at a character boundary.
    @inline(__always)
    private static func clip(
        _ utf8: UnsafeBufferPointer<UInt8>, _ max: Int
    ) -> UnsafeBufferPointer<UInt8> {
        guard utf8.count > max else { return utf8 }
        var end = max
        // Moves back to the first byte of a character, so that the result is valid UTF-8.
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
            // Two digits at a time, because each division depends on the one before.
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
