/// A line's `t`: the key for dispatch, and the position of its text.
struct LineType {
    var key: JSONKey
    var text: JSONString
}

extension JSONScanner {
    mutating func lineType() throws(WireError) -> LineType {
        guard next == UInt8(ascii: "\"") else { throw unfit("a string").inside("t") }
        let (string, key) = try scanPackedString()
        return LineType(key: key, text: string)
    }

    /// Returns the type of a line whose `t` may be anywhere. The last `t` of a line counts.
    static func lineType(of bytes: Span<UInt8>) throws(WireError) -> LineType {
        var scanner = JSONScanner(bytes)
        scanner.skipWhitespace()
        guard scanner.next == UInt8(ascii: "{") else { throw scanner.syntaxError("an object") }
        try scanner.beginObject()
        var type: LineType?
        while let key = try scanner.nextKey() {
            if key == "t" {
                type = try scanner.lineType()
            } else {
                try scanner.skipValue()
            }
        }
        return try required(type, "t")
    }
}
