/// A compressed recording's frames, one after the other: what is damaged is passed over to the next that
/// is whole.
final class FrameReader {
    /// What was read of the file.
    enum Piece {
        /// What a frame holds.
        case lines([UInt8])
        /// A frame that is damaged held so many lines; `nil` where nobody can know.
        case lost(lines: Int?)
        /// A frame that unpacks to more than any recording's was passed over; it tells of so many lines.
        case refused(lines: Int?)
        /// What can be read of a frame within which the file ends.
        case cut([UInt8])
    }

    private let source: RecordingSource
    private let decompressor = ZstdDecompressor()
    /// What the reading may still cost.
    private(set) var allowance = FrameAllowance()
    /// Frames that unpack to more are not unpacked ahead: ours have a quarter of a megabyte.
    private static let ahead = 1 << 20
    /// The bytes within which a frame's end is looked for at first.
    private static let window = 512 << 10

    init(_ source: RecordingSource) {
        self.source = source
    }

    /// Whether it can be moved in.
    var canSeek: Bool { source.canSeek }

    /// Where in the file the next piece begins, in bytes.
    var position: Int64 { source.position }

    /// Whether bytes begin as a compressed recording does.
    static func recognises(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.starts(with: ZstdDecompressor.magic)
            || bytes.starts(with: FrameHeader.magic.prefix(4))
    }

    /// The next frame, packed, if it is whole, one of ours, and of a usual size; else nothing is read.
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

    /// The next piece; `nil` at the end, of which a file that grows may have had one before.
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

    /// A frame whose header is damaged, or never was.
    private func bareFrame() -> Piece? {
        guard source.bytes.starts(with: ZstdDecompressor.magic), let size = bareSize() else {
            return nil
        }
        let piece = unpack(source.bytes.prefix(size), lines: nil)
        // What looks like a frame and is none may have the next one in it.
        if case .lost = piece {
            allowance.look(size)
            return nil
        }
        pass(size)
        return piece
    }

    /// - Parameter lines: how many the frame is said to hold.
    private func unpack(_ frame: ArraySlice<UInt8>, lines: Int?) -> Piece {
        // Its own bytes count, though they are not behind yet.
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

    /// Looks for the next frame.
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

    /// The size of the frame without a header that begins here; `nil` where none does that is whole.
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
    /// How far the next one of two bytes is from the first, which is passed over; all of them where there
    /// is none.
    func distanceToNext(_ one: UInt8, or other: UInt8) -> Int {
        let next = dropFirst().firstIndex { $0 == one || $0 == other }
        return next.map { $0 - startIndex } ?? count
    }
}
