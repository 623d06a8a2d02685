/// A line's `t`: the key for dispatch, and the position of its text.
struct LineType {
    var key: JSONKey
    var text: JSONString
}

extension WireLimits {
    /// The types of all directions. A line of one of these types that comes on another socket than
    /// its own is a mistake of the sender; a line of any other type comes from a newer version.
    package static let lineTypes: Set<String> = [
        "hello", "strategy", "delta", "call", "breaker", "limit", "ack", "lost", "ping", "bye",
        "welcome", "pong", "command", "error", "watch", "recording", "keyframe", "keyframe_end",
        "beat", "agent_up", "agent_stale", "agent_gone", "total", "slot", "history", "history_end",
        "clock",
        "command_status", "command_done", "standing", "standing_end", "alert", "orders", "order",
        "unsupported",
    ]
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
