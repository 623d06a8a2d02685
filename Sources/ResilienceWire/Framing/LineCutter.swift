/// Cuts a stream of bytes into lines and decodes them in place. Only a line that spans two chunks
/// is copied.
///
///     var cutter = LineCutter()
///     try buffer.withUnsafeReadableBytes { bytes in
///         try cutter.append(bytes) { (line: Result<Line, WireError>) in try handle(line.get()) }
///     }
///
/// An invalid line is reported and skipped. ``WireError/lineTooLong(limit:)`` is reported once and
/// everything after it is ignored; the caller should disconnect. For a file, such a line can be
/// skipped too.
public struct LineCutter: Sendable {
    /// The beginning of a line whose end has not arrived yet.
    private var pending: [UInt8] = []
    private var isOverflowed = false
    private let goesOn: Bool
    @usableFromInline let texts: LineTexts
    /// Whether the deltas of a stream, its largest part, are skipped without being decoded.
    public var omitsDeltas = false

    /// Creates a cutter for the beginning of a stream.
    ///
    /// - Parameters:
    ///   - goesOn: whether a line that is too long is skipped like other invalid lines.
    ///   - texts: whether texts stay as sent or are made safe to show.
    public init(goesOnAfterLongLines goesOn: Bool = false, texts: LineTexts = .asSent) {
        self.goesOn = goesOn
        self.texts = texts
    }

    /// The number of bytes held of an unfinished line.
    public var pendingBytes: Int { pending.count }

    /// Returns the next line that a chunk completes, searching from a position, and moves the
    /// position past it. Returns `nil` at the end of the chunk; an unfinished line is then kept for
    /// the next chunk.
    ///
    /// - Throws: the error of an invalid line, which is skipped.
    @inlinable
    public mutating func next<Message: WireMessage>(
        in bytes: Span<UInt8>, from position: inout Int
    ) throws(WireError) -> Message? {
        switch try nextPiece(in: bytes, from: &position) {
        case .whole(let range): try Message(decoding: bytes.extracting(range), texts: texts)
        case .joined(let line): try Message(decoding: line.span, texts: texts)
        case nil: nil
        }
    }

    /// A complete line, not decoded yet.
    @usableFromInline
    enum Piece {
        /// The line stands in the present chunk.
        case whole(Range<Int>)
        /// The line began in an earlier chunk.
        case joined([UInt8])
    }

    @usableFromInline
    mutating func nextPiece(
        in bytes: Span<UInt8>, from position: inout Int
    ) throws(WireError) -> Piece? {
        while let end = bytes.firstNewline(from: position) {
            let start = position
            position = end + 1
            if isOverflowed {
                guard goesOn else { break }
                isOverflowed = false
                continue
            }
            let piece = bytes.extracting(start..<end)
            guard pending.isEmpty else {
                pending.append(copying: piece)
                var line: [UInt8] = []
                swap(&line, &pending)
                if try isWanted(line.span) { return .joined(line) }
                continue
            }
            if try isWanted(piece) { return .whole(start..<end) }
        }
        defer { position = bytes.count }
        guard !isOverflowed else { return nil }
        guard pending.count + bytes.count - position < WireLimits.lineBytes else {
            try overflow()
        }
        pending.append(copying: bytes.extracting(droppingFirst: position))
        return nil
    }

    /// Appends the next bytes of the stream and calls `body` with each line that they complete, in
    /// order. An error that `body` throws ends the loop and discards the rest of the bytes.
    @inlinable
    public mutating func append<Message: WireMessage, Failure: Error>(
        _ bytes: Span<UInt8>,
        _ body: (consuming Result<Message, WireError>) throws(Failure) -> Void
    ) throws(Failure) {
        var position = 0
        while true {
            let result: Result<Message, WireError>
            do throws(WireError) {
                guard let line: Message = try next(in: bytes, from: &position) else { return }
                result = .success(line)
            } catch {
                result = .failure(error)
            }
            try body(result)
        }
    }

    /// Appends the next bytes of the stream; see ``append(_:_:)-(Span<UInt8>,_)``. The pointer is
    /// not kept after the call.
    @inlinable
    public mutating func append<Message: WireMessage, Failure: Error>(
        _ bytes: UnsafeRawBufferPointer,
        _ body: (consuming Result<Message, WireError>) throws(Failure) -> Void
    ) throws(Failure) {
        try append(Span<UInt8>(_unsafeBytes: bytes), body)
    }

    /// Appends the next bytes of the stream and calls `body` with the bytes of each line that they
    /// complete, without its newline, in order.
    ///
    /// - Throws: ``WireError/lineTooLong(limit:)`` for the first line that is too long.
    package mutating func cut(
        _ bytes: Span<UInt8>, _ body: (Span<UInt8>) -> Void
    ) throws(WireError) {
        var position = 0
        while let piece = try nextPiece(in: bytes, from: &position) {
            switch piece {
            case .whole(let range): body(bytes.extracting(range))
            case .joined(let line): body(line.span)
            }
        }
    }

    /// Whether to decode a line, given without its newline.
    private mutating func isWanted(_ line: Span<UInt8>) throws(WireError) -> Bool {
        guard line.count < WireLimits.lineBytes else {
            isOverflowed = !goesOn
            throw .lineTooLong(limit: WireLimits.lineBytes)
        }
        return !omitsDeltas || !Line.isSurelyADelta(line)
    }

    private mutating func overflow() throws(WireError) -> Never {
        isOverflowed = true
        pending = []
        throw .lineTooLong(limit: WireLimits.lineBytes)
    }
}

extension [UInt8] {
    fileprivate mutating func append(copying span: Span<UInt8>) {
        span.withUnsafeBufferPointer { append(contentsOf: $0) }
    }
}
