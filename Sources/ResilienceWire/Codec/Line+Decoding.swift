extension Line {
    /// Reads one line, with or without its newline.
    ///
    /// Unknown types and fields are passed over, though they must be JSON; of a repeated field the
    /// last counts.
    ///
    /// - Parameter texts: whether texts stay as they were sent, or are made safe to show.
    public init(
        decoding bytes: Span<UInt8>, texts: LineTexts = .asSent
    ) throws(WireError) {
        guard !bytes.isEmpty else { throw .emptyLine }
        do throws(WireError) {
            self = try Self.readQuickly(bytes, texts)
        } catch {
            self = try Self.readCarefully(bytes, texts)
        }
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

    /// Reads a line whose type comes first, as nearly every line's does, in one pass. Throws where
    /// it does not, and where anything is wrong; what exactly is told by ``readCarefully(_:_:)``.
    ///
    /// A function, since an initialiser that can still fail copies the line that it made.
    private static func readQuickly(
        _ bytes: Span<UInt8>, _ texts: LineTexts
    ) throws(WireError) -> Line {
        guard bytes.count < WireLimits.lineBytes else {
            throw .lineTooLong(limit: WireLimits.lineBytes)
        }
        var scanner = JSONScanner(bytes, texts: texts)
        try scanner.beginObject()
        guard try scanner.nextKey() == "t" else { throw .missing(field: "t", type: "") }
        var head = LineHead()
        let message = try Message(try scanner.lineType(), &scanner, &head)
        try scanner.expectEnd()
        guard !head.isRetyped else { throw .missing(field: "t", type: "") }
        let source = try head.takeSource()
        return Line(at: head.at, source: source, message)
    }

    /// Reads a line in three passes: is it JSON, what type is it, what does it say. An error then is
    /// about the first thing that is wrong in this order, wherever the type stands.
    private static func readCarefully(
        _ bytes: Span<UInt8>, _ texts: LineTexts
    ) throws(WireError) -> Line {
        guard !bytes.isEmpty else { throw .emptyLine }
        let isTerminated = bytes[bytes.count - 1] == UInt8(ascii: "\n")
        guard bytes.count < WireLimits.lineBytes + (isTerminated ? 1 : 0) else {
            throw .lineTooLong(limit: WireLimits.lineBytes)
        }
        try JSONScanner.check(bytes)
        let type = try JSONScanner.lineType(of: bytes)
        var scanner = JSONScanner(bytes, texts: texts)
        scanner.skipWhitespace()
        do throws(WireError) {
            try scanner.beginObject()
            var head = LineHead()
            let message = try Message(type, &scanner, &head)
            let source = try head.takeSource()
            return Line(at: head.at, source: source, message)
        } catch {
            throw error.inLine(ofType: SafeText.sanitise(scanner.text(type.text), maxBytes: 40))
        }
    }
}
