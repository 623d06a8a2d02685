extension Line {
    /// Appends the line as JSON, and its newline.
    ///
    /// Names and texts that are longer than ``WireLimits`` allows are cut at a character's end. The
    /// whole line stays within ``WireLimits/lineBytes`` as long as its lists are of a reasonable
    /// length: a delta may have every latency bucket, 100 error types and 50 messages.
    public func encode(into buffer: inout [UInt8]) {
        var writer = JSONWriter()
        swap(&writer.bytes, &buffer)
        writer.beginObject()
        writer.key("t")
        writer.value(message.type, max: WireLimits.nameBytes)
        // A recording's reader wants to know first whether it knows the format.
        if case .recording(let header) = message { writer.field("v", header.version) }
        writer.field("at", at)
        if let source, !message.namesItsInstance { writer.write(source) }
        message.write(to: &writer)
        writer.endObject()
        writer.newline()
        swap(&writer.bytes, &buffer)
    }

    private static let deltaHead = Array(#"{"t":"delta""#.utf8)

    /// Whether bytes begin as ``encode(into:)`` begins a delta. One that others wrote may begin
    /// otherwise.
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
