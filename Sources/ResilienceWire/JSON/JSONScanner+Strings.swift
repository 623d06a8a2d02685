/// The position of a checked string in the line: the bytes between its quotes.
struct JSONString {
    var start: Int
    var end: Int
    /// Whether the string has escapes, so that its text differs from the bytes.
    var isEscaped: Bool
    /// Whether the string is printable ASCII without escapes, which is safe to show.
    var isPlain = true

    /// The number of bytes in the line.
    var count: Int { end - start }
}

extension JSONScanner {
    /// Reads a string whose UTF-8 length is within the given range.
    mutating func string(_ length: ClosedRange<Int>) throws(WireError) -> String {
        let start = position
        guard next == UInt8(ascii: "\"") else { throw unfit("a string") }
        let string = try scanString()
        let value = text(string)
        guard length.contains(value.utf8.count) else {
            throw unfit(
                "a string of \(length.lowerBound) to \(length.upperBound) bytes",
                found: "\(value.utf8.count) bytes", at: start)
        }
        return shown(value, string, maxBytes: length.upperBound)
    }

    /// Returns a text as ``texts`` asks for it: as sent, or safe to show.
    @inline(__always)
    func shown(_ value: String, _ string: JSONString, maxBytes: Int) -> String {
        if string.isPlain { return value }
        switch texts {
        case .asSent: return value
        case .safe: return SafeText.sanitise(value, maxBytes: maxBytes)
        }
    }

    /// Reads a string as a packed word; ``JSONKey/tooLong`` if it is longer than
    /// ``JSONKey/capacity``.
    mutating func word() throws(WireError) -> JSONKey {
        guard next == UInt8(ascii: "\"") else { throw unfit("a string") }
        return try scanPackedString().key
    }

    /// Skips a string from its opening quote on and checks it: escapes, surrogate pairs, UTF-8, no
    /// raw control characters.
    @inline(__always)
    mutating func scanString() throws(WireError) -> JSONString {
        let start = position + 1
        var end = start
        while end + 8 <= bytes.count {
            let stop = ByteMask.notPlain(in: bytes.word(at: end))
            guard stop == 0 else {
                end += ByteMask.first(stop)
                guard bytes[end] == UInt8(ascii: "\"") else { break }
                position = end + 1
                return JSONString(start: start, end: end, isEscaped: false)
            }
            end += 8
        }
        position = end
        return try scanRestOfString(from: start)
    }

    /// Scans the rest of a string that begins at `start`, after the first byte that needs care or
    /// near the line's end.
    @inline(never)
    private mutating func scanRestOfString(from start: Int) throws(WireError) -> JSONString {
        var string = JSONString(start: start, end: start, isEscaped: false)
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                string.end = position
                position += 1
                isPlain = isPlain && string.isPlain
                return string
            case UInt8(ascii: "\\"):
                string.isEscaped = true
                string.isPlain = false
                _ = try scanEscape()
            case 0x20...0x7E: position += 1
            case 0x7F:
                string.isPlain = false
                position += 1
            case 0x80...:
                string.isPlain = false
                position += try multibyteLength()
            default: throw syntaxError("no control character inside a string")
            }
        }
        throw syntaxError("a closing quote")
    }

    /// Does the same as ``scanString()``, and packs the string.
    @inline(__always)
    mutating func scanPackedString() throws(WireError) -> (string: JSONString, key: JSONKey) {
        let start = position + 1
        guard start + 16 <= bytes.count else { return try scanPackedStringSlowly() }
        let first = bytes.word(at: start)
        let second = bytes.word(at: start + 8)
        let stop = ByteMask.notPlain(in: first)
        let length =
            stop != 0
            ? ByteMask.first(stop) : 8 + ByteMask.first(ByteMask.notPlain(in: second))
        // Strings with other bytes than plain ASCII, and long strings, take the careful path.
        guard length < 16, bytes[start + length] == UInt8(ascii: "\"") else {
            return try scanPackedStringSlowly()
        }
        position = start + length + 1
        return (
            JSONString(start: start, end: start + length, isEscaped: false),
            JSONKey(first, second, count: length)
        )
    }

    @inline(never)
    private mutating func scanPackedStringSlowly() throws(WireError) -> (JSONString, JSONKey) {
        let string = try scanString()
        guard !string.isEscaped else {
            return (string, Array(unescaped(string).utf8).withUnsafeBufferPointer { JSONKey($0) })
        }
        let content = bytes.extracting(string.start..<string.end)
        return (string, content.withUnsafeBufferPointer { JSONKey($0) })
    }

    /// Returns the text of a string that has been scanned.
    func text(_ string: JSONString) -> String {
        guard !string.isEscaped else { return unescaped(string) }
        return bytes.extracting(string.start..<string.end).withUnsafeBufferPointer {
            String(decoding: $0, as: UTF8.self)
        }
    }

    @inline(never)
    private func unescaped(_ string: JSONString) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(string.end - string.start)
        var inner = JSONScanner(bytes)
        inner.position = string.start
        while inner.position < string.end {
            let byte = bytes[inner.position]
            // The scan has checked the string, so an escape is always valid here.
            if byte == UInt8(ascii: "\\"), let scalar = try? inner.scanEscape() {
                result.append(contentsOf: Character(scalar).utf8)
            } else {
                result.append(byte)
                inner.position += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Reads an escape, from its backslash on. A surrogate pair is one escape.
    mutating func scanEscape() throws(WireError) -> Unicode.Scalar {
        let start = position
        position += 1
        let escape = next
        position += 1
        switch escape {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try scanUnicodeEscape(from: start)
        case .some, .none: throw syntaxError("an escape", at: start)
        }
    }

    private mutating func scanUnicodeEscape(from start: Int) throws(WireError) -> Unicode.Scalar {
        let unit = try scanHexUnit(from: start)
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, next == UInt8(ascii: "\\") else {
            throw syntaxError("no lone surrogate", at: start)
        }
        position += 1
        guard next == UInt8(ascii: "u") else {
            throw syntaxError("no lone surrogate", at: start)
        }
        position += 1
        let low = try scanHexUnit(from: start)
        guard case 0xDC00...0xDFFF = low,
            let scalar = Unicode.Scalar(
                0x1_0000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
        else { throw syntaxError("no lone surrogate", at: start) }
        return scalar
    }

    private mutating func scanHexUnit(from start: Int) throws(WireError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = hexDigit(byte) else {
                throw syntaxError("four hexadecimal digits after `\\u`", at: start)
            }
            unit = unit << 4 | digit
            position += 1
        }
        return unit
    }

    func hexDigit(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// Returns the length of the multi-byte character at ``position``. Throws unless it is
    /// well-formed by table 3-7 of the Unicode standard: not overlong, no surrogate, not above
    /// U+10FFFF.
    private func multibyteLength() throws(WireError) -> Int {
        let second: ClosedRange<UInt8>
        let length: Int
        switch bytes[position] {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw syntaxError("valid UTF-8")
        }
        guard position + length <= bytes.count, second.contains(bytes[position + 1]) else {
            throw syntaxError("valid UTF-8")
        }
        for offset in 2..<max(2, length) where bytes[position + offset] & 0xC0 != 0x80 {
            throw syntaxError("valid UTF-8")
        }
        return length
    }
}
