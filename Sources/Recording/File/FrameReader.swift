/// Reads the frames of a compressed recording in order. It skips damage up to the next intact
/// frame.
final class FrameReader {
    /// A piece of the file.
    enum Piece {
        /// The content of an intact frame.
        case lines([UInt8])
        /// A damaged frame, with the number of lines lost; `nil` if unknown.
        case lost(lines: Int?)
        /// A skipped frame whose content exceeds the limit, with the number of lines in its header;
        /// `nil` if unknown.
        case refused(lines: Int?)
        /// The readable part of a frame that the end of the file cuts.
        case cut([UInt8])
    }

    private let source: RecordingSource
    private let decompressor = ZstdDecompressor()
    /// The remaining allowance for work.
    private(set) var allowance = FrameAllowance()
    /// The maximum unpacked size of a frame that is decoded ahead. ``RecordingWriter`` writes
    /// frames of 256 KiB.
    private static let ahead = 1 << 20
    /// The first size of the window that is searched for the end of a frame, in bytes.
    private static let window = 512 << 10

    init(_ source: RecordingSource) {
        self.source = source
    }

    /// Whether the source supports seeking.
    var canSeek: Bool { source.canSeek }

    /// The offset of the next piece in the file, in bytes.
    var position: Int64 { source.position }

    /// Whether bytes start like a compressed recording.
    static func recognises(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.starts(with: ZstdDecompressor.magic)
            || bytes.starts(with: FrameHeader.magic.prefix(4))
    }

    /// The next frame, still packed, if it is intact, has our header and is of a usual size.
    /// Otherwise `nil`, and nothing is read.
    func nextWhole() -> (header: FrameHeader, frame: [UInt8])? {
        guard source.fill(FrameHeader.byteCount), let header = FrameHeader(source.bytes),
            source.fill(FrameHeader.byteCount + Int(header.size))
        else { return nil }
        let size = Int(header.size)
        let frame = source.bytes.dropFirst(FrameHeader.byteCount).prefix(size)
        guard let content = decompressor.contentSize(of: frame), content <= Self.ahead,
            content <= allowance.unpackable
        else { return nil }
        allowance.unpack(content)
        let copy = Array(frame)
        pass(FrameHeader.byteCount + size)
        return (header, copy)
    }

    /// The next piece; `nil` at the end. A file that grows may have another piece later.
    func next() -> Piece? {
        source.lookAgain()
        guard source.fill(1) else { return nil }
        if source.fill(FrameHeader.byteCount), let header = FrameHeader(source.bytes) {
            return frame(header)
        }
        return bareFrame() ?? search()
    }

    private func pass(_ count: Int) {
        source.skip(count)
        allowance.pass(count)
    }

    private func frame(_ header: FrameHeader) -> Piece {
        let size = Int(header.size)
        let isWhole = source.fill(FrameHeader.byteCount + size)
        pass(FrameHeader.byteCount)
        guard isWhole else {
            let rest = source.bytes
            let bytes = decompressor.prefix(of: rest, atMost: allowance.unpackable).bytes
            allowance.unpack(bytes.count)
            pass(rest.count)
            return .cut(bytes)
        }
        defer { pass(size) }
        return unpack(source.bytes.prefix(size), lines: Int(header.lines))
    }

    /// Reads a frame without a valid header.
    private func bareFrame() -> Piece? {
        guard source.bytes.starts(with: ZstdDecompressor.magic), let size = bareSize() else {
            return nil
        }
        let piece = unpack(source.bytes.prefix(size), lines: nil)
        // These bytes only look like a frame. The next frame may start within them.
        if case .lost = piece {
            allowance.look(size)
            return nil
        }
        pass(size)
        return piece
    }

    /// - Parameter lines: the number of lines in the header; `nil` without a header.
    private func unpack(_ frame: ArraySlice<UInt8>, lines: Int?) -> Piece {
        // The frame's own bytes count for the allowance, although they are not passed yet.
        let most = allowance.unpackable + FrameAllowance.ratio * frame.count
        switch decompressor.unpack(frame, atMost: most) {
        case .bytes(let bytes):
            allowance.unpack(bytes.count)
            return .lines(bytes)
        case .damaged(let unpacked):
            allowance.unpack(unpacked)
            return .lost(lines: lines)
        case .tooLarge:
            return .refused(lines: lines)
        }
    }

    /// Searches for the next frame.
    private func search() -> Piece {
        var skipped = 0
        while source.fill(1) {
            _ = source.fill(FrameHeader.byteCount)
            if skipped > 0 {
                if FrameHeader(source.bytes) != nil { return .lost(lines: nil) }
                if source.bytes.starts(with: ZstdDecompressor.magic), isFrame() {
                    return .lost(lines: skipped < FrameHeader.byteCount + 1 ? 0 : nil)
                }
            }
            let count = source.bytes.distanceToNext(
                FrameHeader.magic[0], or: ZstdDecompressor.magic[0])
            pass(count)
            skipped += count
        }
        return .cut([])
    }

    private func isFrame() -> Bool {
        guard let size = bareSize() else { return false }
        switch unpack(source.bytes.prefix(size), lines: nil) {
        case .lines, .refused: return true
        case .lost, .cut:
            allowance.look(size)
            return false
        }
    }

    /// The size of a complete frame without header at this position; `nil` if there is none.
    private func bareSize() -> Int? {
        var window = Self.window
        while allowance.mayLook {
            let isAll = !source.fill(window)
            if let size = decompressor.size(of: source.bytes.prefix(window)) { return size }
            allowance.look(min(window, source.bytes.count))
            guard !isAll, window < ZstdDecompressor.limit else { return nil }
            window = min(4 * window, ZstdDecompressor.limit)
        }
        return nil
    }
}

extension ArraySlice<UInt8> {
    /// The distance from the start to the next occurrence of one of two bytes, not counting the
    /// first byte. The length of the slice if there is none.
    func distanceToNext(_ one: UInt8, or other: UInt8) -> Int {
        let next = dropFirst().firstIndex { $0 == one || $0 == other }
        return next.map { $0 - startIndex } ?? count
    }
}
