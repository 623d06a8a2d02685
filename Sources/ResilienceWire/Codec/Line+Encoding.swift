extension Line {
    /// Appends the line as JSON and a newline.
    ///
    /// Names and texts longer than ``WireLimits`` allows are cut at a character boundary. The line
    /// stays within ``WireLimits/lineBytes`` if its lists have a reasonable length: a delta may
    /// have every latency bucket, 100 error types and 50 messages.
    public func encode(into buffer: inout [UInt8]) {
        var writer = JSONWriter()
        swap(&writer.bytes, &buffer)
        writer.beginObject()
        writer.key("t")
        writer.value(message.type, max: WireLimits.nameBytes)
        // The version comes first, so that a reader of a recording can check the format at once.
        if case .recording(let header) = message { writer.field("v", header.version) }
        writer.field("at", at)
        if let source, !message.namesItsInstance { writer.write(source) }
        message.write(to: &writer)
        writer.endObject()
        writer.newline()
        swap(&writer.bytes, &buffer)
    }

    private static let deltaHead = Array(#"{"t":"delta""#.utf8)

    /// Whether bytes begin in the way that ``encode(into:)`` begins a delta. A delta from another
    /// encoder may begin differently, so `false` does not exclude a delta.
    static func isSurelyADelta(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count > deltaHead.count else { return false }
        return deltaHead.indices.allSatisfy { bytes[$0] == deltaHead[$0] }
    }
}

extension JSONWriter {
    mutating func write(_ id: InstanceID) {
        field("agent", id.agent)
        field("instance", id.instance)
    }
}
