extension Line {
    /// Reads one line, with or without its newline.
    ///
    /// Unknown types and fields are skipped, but must be valid JSON. The last of repeated fields
    /// counts.
    ///
    /// - Parameter texts: whether texts stay as sent or are made safe to show.
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

    /// Reads a line whose type comes first in one pass; nearly every line is of this form. Throws
    /// if the type is not first or if anything is wrong. The caller then uses
    /// ``readCarefully(_:_:)`` to find the exact error.
    ///
    /// This is a function because a failable initialiser would copy the finished line.
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

    /// Reads a line in three passes: the JSON syntax, the type, the fields. An error therefore
    /// reports the first problem in this order, wherever the type is.
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
