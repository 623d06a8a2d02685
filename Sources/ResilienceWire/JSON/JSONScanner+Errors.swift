extension JSONScanner {
    /// An error that says that the line is not JSON at an offset.
    @inline(never)
    func syntaxError(_ expected: String, at offset: Int? = nil) -> WireError {
        let offset = min(offset ?? position, bytes.count)
        return .syntax(expected: expected, found: excerpt(from: offset), offset: offset)
    }

    /// An error that says that the value at an offset, by default the present one, does not fit its
    /// field. Callers add the field's name; see ``WireError/inside(_:)``.
    @inline(never)
    func unfit(_ expected: String, found: String? = nil, at offset: Int? = nil) -> WireError {
        let offset = min(offset ?? position, bytes.count)
        // Bytes that cannot begin a JSON value are a syntax error, not a value of the wrong type.
        guard offset < bytes.count, isValueStart(bytes[offset]) else {
            return .syntax(expected: expected, found: excerpt(from: offset), offset: offset)
        }
        return .unfit(
            field: "", type: "", expected: expected, found: found ?? excerpt(from: offset),
            offset: offset)
    }

    private func isValueStart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "-"),
            UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// The text at an offset, shortened and safe to show.
    private func excerpt(from offset: Int) -> String {
        guard offset < bytes.count else { return "the end of the line" }
        switch bytes[offset] {
        case UInt8(ascii: "{"): return "an object"
        case UInt8(ascii: "["): return "an array"
        default: break
        }
        let end = tokenEnd(from: offset)
        let shown = min(end, offset + 40)
        let token = text(JSONString(start: offset, end: shown, isEscaped: false))
        return SafeText.sanitise(token, maxBytes: 60) + (shown < end ? "..." : "")
    }

    private func tokenEnd(from offset: Int) -> Int {
        let isString = bytes[offset] == UInt8(ascii: "\"")
        var end = offset + 1
        while end < bytes.count {
            switch bytes[end] {
            case UInt8(ascii: "\"") where isString: return end + 1
            case UInt8(ascii: "\\") where isString: end += 2
            case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ":"), 0x20:
                guard isString else { return end }
                end += 1
            default: end += 1
            }
        }
        return bytes.count
    }
}
