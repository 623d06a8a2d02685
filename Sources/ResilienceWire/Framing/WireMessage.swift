/// A message of the protocol, as one JSON object on one line: ``AgentMessage``,
/// ``HubToAgentMessage``, ``OperatorMessage``, or a ``Line`` of the stream.
public protocol WireMessage: Equatable, Sendable {
    /// Reads one line, with or without its newline.
    ///
    /// Unknown types and fields are skipped, but must be valid JSON. The last of repeated fields
    /// counts.
    ///
    /// - Parameter texts: whether texts stay as sent or are made safe to show.
    init(decoding bytes: Span<UInt8>, texts: LineTexts) throws(WireError)

    /// Appends the message as JSON and a newline.
    ///
    /// Names and texts longer than ``WireLimits`` allows are cut at a character boundary. The line
    /// stays within ``WireLimits/lineBytes`` if its lists have a reasonable length: a delta may
    /// have every latency bucket, 100 error types and 50 messages.
    func encode(into buffer: inout [UInt8])
}

extension WireMessage {
    /// Reads one line, with or without its newline. Texts stay as sent.
    public init(decoding bytes: Span<UInt8>) throws(WireError) {
        try self.init(decoding: bytes, texts: .asSent)
    }

    /// Reads one line, with or without its newline.
    public init(decoding bytes: [UInt8], texts: LineTexts = .asSent) throws(WireError) {
        try self.init(decoding: bytes.span, texts: texts)
    }

    /// Reads one line, with or without its newline.
    public init(decoding bytes: ArraySlice<UInt8>, texts: LineTexts = .asSent) throws(WireError) {
        try self.init(decoding: bytes.span, texts: texts)
    }

    /// Reads one line, with or without its newline.
    public init(
        decoding bytes: UnsafeRawBufferPointer, texts: LineTexts = .asSent
    ) throws(WireError) {
        try self.init(decoding: Span<UInt8>(_unsafeBytes: bytes), texts: texts)
    }
}
