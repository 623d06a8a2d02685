extension Line: WireMessage {
    /// Reads one line, with or without its newline.
    public init(decoding bytes: Span<UInt8>, texts: LineTexts) throws(WireError) {
        var head = LineHead()
        message = try StreamMessage.read(bytes, texts, &head)
        at = head.at
        source = head.source
    }

    /// Appends the message as JSON and a newline.
    public func encode(into buffer: inout [UInt8]) {
        message.encode(into: &buffer) { writer in
            // The version comes first, so that a reader of a recording can check the format at once.
            if case .recording(let header) = message { writer.field("v", header.version) }
            writer.field("at", at)
            if let source, !namesItsInstance { writer.write(source) }
        }
    }

    /// Appends the line of an instance's delta, like ``encode(into:)``, without a copy of the delta.
    package static func append(
        _ delta: Delta, from source: InstanceID, at time: Int64, to buffer: inout [UInt8]
    ) {
        JSONWriter.appendLine(of: "delta", to: &buffer) { writer in
            writer.field("at", time)
            writer.write(source)
            delta.write(to: &writer)
        }
    }

    /// Whether `agent` and `instance` on the wire belong to the message instead of the line.
    private var namesItsInstance: Bool {
        if case .commandStatus = message { true } else { false }
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
