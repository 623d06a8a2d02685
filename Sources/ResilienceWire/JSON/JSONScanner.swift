/// Reads JSON (RFC 8259) from a span in one forward pass. It builds no tree and allocates only the
/// strings that the caller reads.
///
/// Callers read objects and arrays as loops over ``nextKey()`` and ``nextElement()``. The loop's
/// body reads the value or skips it with ``skipValue()``, which checks it just as strictly.
struct JSONScanner: ~Escapable, BitwiseCopyable {
    let bytes: Span<UInt8>
    /// Whether texts are returned as sent or made safe to show.
    let texts: LineTexts
    /// The offset of the next byte to read.
    var position = 0
    private var depth = 0
    /// Whether the scanner is after a `[` or `{` and before the first element. One flag is enough
    /// for all levels: it is cleared before an inner level begins, and still cleared after that
    /// level ends.
    private var isFirst = false
    /// The name that ``nextKey()`` returned last. Maps and error messages use it.
    private(set) var lastKey = JSONString(start: 0, end: 0, isEscaped: false)
    /// Whether all strings so far are printable ASCII without escapes, which is safe to show.
    var isPlain = true

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, texts: LineTexts = .asSent) {
        self.bytes = bytes
        self.texts = texts
    }

    /// Throws unless the bytes are exactly one JSON value of any type.
    static func check(_ bytes: Span<UInt8>) throws(WireError) {
        var scanner = JSONScanner(bytes)
        scanner.skipWhitespace()
        try scanner.skipValue()
        try scanner.expectEnd()
    }

    @inline(__always)
    var next: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    @inline(__always)
    mutating func skipWhitespace() {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else {
                return
            }
            position += 1
        }
    }

    mutating func expectEnd() throws(WireError) {
        skipWhitespace()
        guard position == bytes.count else { throw syntaxError("nothing after the value") }
    }

    /// Reads a `{`. The caller then calls ``nextKey()`` until it returns `nil`.
    mutating func beginObject() throws(WireError) {
        guard next == UInt8(ascii: "{") else { throw unfit("an object") }
        try enter()
    }

    /// Reads a `[`. The caller then calls ``nextElement()`` until it returns `false`.
    mutating func beginArray() throws(WireError) {
        guard next == UInt8(ascii: "[") else { throw unfit("an array") }
        try enter()
    }

    /// Reads the next field's name and colon, and stops at its value. Returns `nil` after the
    /// object's end.
    mutating func nextKey() throws(WireError) -> JSONKey? {
        guard try advance(to: UInt8(ascii: "}"), else: "`,` or `}`") else { return nil }
        guard next == UInt8(ascii: "\"") else { throw syntaxError("a field's name in quotes") }
        let key = try scanKey()
        skipWhitespace()
        guard next == UInt8(ascii: ":") else { throw syntaxError("`:`") }
        position += 1
        skipWhitespace()
        return key
    }

    /// Moves to the next element. Returns `false` after the array's end.
    mutating func nextElement() throws(WireError) -> Bool {
        try advance(to: UInt8(ascii: "]"), else: "`,` or `]`")
    }

    /// Skips a value of any type and checks it.
    mutating func skipValue() throws(WireError) {
        guard let byte = next else { throw syntaxError("a value") }
        switch byte {
        case UInt8(ascii: "\""): _ = try scanString()
        case UInt8(ascii: "{"):
            try beginObject()
            while try nextKey() != nil { try skipValue() }
        case UInt8(ascii: "["):
            try beginArray()
            while try nextElement() { try skipValue() }
        case UInt8(ascii: "t"): try take("true")
        case UInt8(ascii: "f"): try take("false")
        case UInt8(ascii: "n"): try take("null")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = try scanNumber()
        default: throw syntaxError("a value")
        }
    }

    mutating func bool() throws(WireError) -> Bool {
        switch next {
        case UInt8(ascii: "t"):
            try take("true")
            return true
        case UInt8(ascii: "f"):
            try take("false")
            return false
        case .some, .none: throw unfit("true or false")
        }
    }

    private mutating func enter() throws(WireError) {
        guard depth < WireLimits.depth else {
            throw syntaxError("at most \(WireLimits.depth) levels of nesting")
        }
        depth += 1
        position += 1
        isFirst = true
    }

    /// Reads the comma before an element, or the closing bracket after the last one.
    @inline(__always)
    private mutating func advance(
        to end: UInt8, else expected: StaticString
    ) throws(WireError) -> Bool {
        skipWhitespace()
        if next == end {
            position += 1
            depth -= 1
            isFirst = false
            return false
        }
        if isFirst {
            isFirst = false
            return true
        }
        guard next == UInt8(ascii: ",") else { throw syntaxError("\(expected)") }
        position += 1
        skipWhitespace()
        return true
    }

    @inline(__always)
    private mutating func scanKey() throws(WireError) -> JSONKey {
        let key: JSONKey
        (lastKey, key) = try scanPackedString()
        return key
    }

    private mutating func take(_ literal: StaticString) throws(WireError) {
        let start = position
        let isWhole = literal.withUTF8Buffer { expected in
            expected.allSatisfy { byte in
                guard next == byte else { return false }
                position += 1
                return true
            }
        }
        guard isWhole else {
            position = start
            throw syntaxError("`\(literal)`")
        }
    }
}
