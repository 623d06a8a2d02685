/// A compressed recording's frames, one after the other: what is damaged is passed over to the next that
/// is whole.
final class FrameReader {
    /// What was read of the file.
    enum Piece {
        /// What a frame holds.
        case lines([UInt8])
        /// A frame that is damaged held so many lines; `nil` where nobody can know.
        case lost(lines: Int?)
        /// What can be read of a frame within which the file ends.
        case cut([UInt8])
    }

    private let source: RecordingSource
    private let decompressor = ZstdDecompressor()

    init(_ source: RecordingSource) {
        self.source = source
    }

    /// Whether it can be moved in.
    var canSeek: Bool { source.canSeek }

    /// Whether bytes begin as a compressed recording does.
    static func recognises(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.starts(with: ZstdDecompressor.magic)
            || bytes.starts(with: FrameHeader.magic.prefix(4))
    }

    /// The next frame, packed, if it is whole and one of ours; else nothing is read.
    func nextWhole() -> (header: FrameHeader, frame: [UInt8])? {
        guard source.fill(FrameHeader.byteCount), let header = FrameHeader(source.bytes),
            source.fill(FrameHeader.byteCount + Int(header.size))
        else { return nil }
        source.skip(FrameHeader.byteCount)
        defer { source.skip(Int(header.size)) }
        return (header, Array(source.bytes.prefix(Int(header.size))))
    }

    /// The next piece; `nil` at the end, of which a file that grows may have had one before.
    func next() -> Piece? {
        source.lookAgain()
        guard source.fill(1) else { return nil }
        if source.fill(FrameHeader.byteCount), let header = FrameHeader(source.bytes) {
            return frame(header)
        }
        return bareFrame() ?? search()
    }

    private func frame(_ header: FrameHeader) -> Piece {
        let size = Int(header.size)
        let isWhole = source.fill(FrameHeader.byteCount + size)
        source.skip(FrameHeader.byteCount)
        guard isWhole else {
            let rest = source.bytes
            defer { source.skip(rest.count) }
            return .cut(decompressor.prefix(of: rest).bytes)
        }
        defer { source.skip(size) }
        guard let bytes = decompressor.bytes(of: source.bytes.prefix(size)) else {
            return .lost(lines: Int(header.lines))
        }
        return .lines(bytes)
    }

    /// A frame whose header is damaged, or never was.
    private func bareFrame() -> Piece? {
        guard source.bytes.starts(with: ZstdDecompressor.magic) else { return nil }
        // It may be as long as the limit.
        _ = source.fill(ZstdDecompressor.limit)
        guard let size = decompressor.size(of: source.bytes),
            let bytes = decompressor.bytes(of: source.bytes.prefix(size))
        else { return nil }
        source.skip(size)
        return .lines(bytes)
    }

    /// Looks for the next frame.
    private func search() -> Piece {
        var skipped = 0
        while source.fill(1) {
            if skipped > 0, FrameHeader(source.bytes) != nil { return .lost(lines: nil) }
            if source.bytes.starts(with: ZstdDecompressor.magic), isFrame() {
                return .lost(lines: skipped < FrameHeader.byteCount + 1 ? 0 : nil)
            }
            source.skip(1)
            skipped += 1
            if source.bytes.count < FrameHeader.byteCount { _ = source.fill(FrameHeader.byteCount) }
        }
        return .cut([])
    }

    private func isFrame() -> Bool {
        _ = source.fill(ZstdDecompressor.limit)
        guard let size = decompressor.size(of: source.bytes) else { return false }
        return decompressor.bytes(of: source.bytes.prefix(size)) != nil
    }
}
