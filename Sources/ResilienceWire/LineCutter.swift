/// Cuts a stream of bytes into lines and decodes them in place. Only a line that spans two chunks
/// is copied.
///
///     var cutter = LineCutter()
///     try buffer.withUnsafeReadableBytes { bytes in
///         try cutter.append(bytes) { result in try handle(result.get()) }
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
    private let texts: LineTexts
    /// Whether deltas, the largest part of a stream, are skipped without being decoded.
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
    public mutating func next(
        in bytes: Span<UInt8>, from position: inout Int
    ) throws(WireError) -> Line? {
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
                if try isWanted(line.span) { return try Line(decoding: line.span, texts: texts) }
                continue
            }
            if try isWanted(piece) { return try Line(decoding: piece, texts: texts) }
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
    public mutating func append<Failure: Error>(
        _ bytes: Span<UInt8>, _ body: (consuming Result<Line, WireError>) throws(Failure) -> Void
    ) throws(Failure) {
        var position = 0
        while true {
            let result: Result<Line, WireError>
            do throws(WireError) {
                guard let line = try next(in: bytes, from: &position) else { return }
                result = .success(line)
            } catch {
                result = .failure(error)
            }
            try body(result)
        }
    }

    /// Appends the next bytes of the stream; see ``append(_:_:)-(Span<UInt8>,_)``. The pointer is
    /// not kept after the call.
    public mutating func append<Failure: Error>(
        _ bytes: UnsafeRawBufferPointer,
        _ body: (consuming Result<Line, WireError>) throws(Failure) -> Void
    ) throws(Failure) {
        try append(Span<UInt8>(_unsafeBytes: bytes), body)
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
