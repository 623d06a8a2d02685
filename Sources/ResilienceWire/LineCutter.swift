/// Cuts a stream of bytes into lines, and decodes them where they stand: only a line that spans two
/// chunks is copied.
///
///     var cutter = LineCutter()
///     try buffer.withUnsafeReadableBytes { bytes in
///         try cutter.append(bytes) { result in try handle(result.get()) }
///     }
///
/// A line that is wrong is reported and passed over. After ``WireError/lineTooLong(limit:)``, which
/// is reported once, everything else is ignored: the caller disconnects. In a file such a line is
/// passed over too.
public struct LineCutter: Sendable {
    /// The beginning of a line whose end has not come yet.
    private var pending: [UInt8] = []
    private var isOverflowed = false
    private let goesOn: Bool
    /// Whether deltas, most of a stream, are passed over without a look at them.
    public var omitsDeltas = false

    /// At the beginning of a stream.
    ///
    /// - Parameter goesOn: whether a line that is too long is passed over as others are.
    public init(goesOnAfterLongLines goesOn: Bool = false) {
        self.goesOn = goesOn
    }

    /// How many bytes of an unfinished line are held.
    public var pendingBytes: Int { pending.count }

    /// Takes the next bytes of the stream, and calls `body` with each line that they complete, in
    /// order. An error that `body` throws ends the loop, and drops the rest of the bytes.
    public mutating func append<Failure: Error>(
        _ bytes: Span<UInt8>, _ body: (consuming Result<Line, WireError>) throws(Failure) -> Void
    ) throws(Failure) {
        var start = 0
        if isOverflowed {
            guard goesOn, let end = bytes.firstNewline(from: 0) else { return }
            isOverflowed = false
            start = end + 1
        }
        while let end = bytes.firstNewline(from: start) {
            let piece = bytes.extracting(start..<end)
            start = end + 1
            if pending.isEmpty {
                guard try finish(piece, body) else { return }
            } else {
                pending.append(copying: piece)
                var line: [UInt8] = []
                // The line is taken out first, so that it is gone even if `body` throws.
                swap(&line, &pending)
                guard try finish(line.span, body) else { return }
                line.removeAll(keepingCapacity: true)
                swap(&line, &pending)
            }
        }
        guard pending.count + bytes.count - start < WireLimits.lineBytes else {
            return try overflow(body)
        }
        pending.append(copying: bytes.extracting(droppingFirst: start))
    }

    /// Takes the next bytes of the stream; see ``append(_:_:)-(Span<UInt8>,_)``. The pointer is not
    /// kept.
    public mutating func append<Failure: Error>(
        _ bytes: UnsafeRawBufferPointer,
        _ body: (consuming Result<Line, WireError>) throws(Failure) -> Void
    ) throws(Failure) {
        try append(Span<UInt8>(_unsafeBytes: bytes), body)
    }

    /// Decodes a whole line, without its newline; `false` where it was too long.
    private mutating func finish<Failure: Error>(
        _ line: Span<UInt8>, _ body: (consuming Result<Line, WireError>) throws(Failure) -> Void
    ) throws(Failure) -> Bool {
        guard line.count < WireLimits.lineBytes else {
            try overflow(body)
            isOverflowed = !goesOn
            return goesOn
        }
        if omitsDeltas, Line.isSurelyADelta(line) { return true }
        try body(Result { () throws(WireError) in try Line(decoding: line) })
        return true
    }

    private mutating func overflow<Failure: Error>(
        _ body: (consuming Result<Line, WireError>) throws(Failure) -> Void
    ) throws(Failure) {
        isOverflowed = true
        pending = []
        try body(.failure(.lineTooLong(limit: WireLimits.lineBytes)))
    }
}

extension [UInt8] {
    fileprivate mutating func append(copying span: Span<UInt8>) {
        span.withUnsafeBufferPointer { append(contentsOf: $0) }
    }
}
