import NIOCore
import ResilienceWire

/// Published data that at least one viewer still needs. All viewers share one bounded copy, so a
/// slow viewer costs no more than others.
struct BroadcastBuffer {
    /// Data that was published in one flush.
    struct Piece {
        /// All lines; without `delta` and `call` lines if no viewer wanted them.
        let all: ByteBuffer
        /// Without `delta` and `call` lines. The same buffer as ``all`` if there were none.
        let events: ByteBuffer
        /// All lines but deltas. Without `call` lines too if no viewer wanted sums.
        let others: ByteBuffer
        /// A part of a batch of sums, and the number of the batch. `nil` if there are none.
        let sums: (batch: Int, lines: ByteBuffer)?

        var size: Int {
            let size = all.readableBytes + (sums?.lines.readableBytes ?? 0)
            return [events, others].reduce(size) { size, buffer in
                // Equal lengths mean that the buffer is shared.
                buffer.readableBytes == all.readableBytes ? size : size + buffer.readableBytes
            }
        }

        /// The lines for a viewer with this level of detail.
        ///
        /// - Parameter batch: the number of the first batch of sums that the viewer's keyframe does
        ///   not contain.
        func lines(_ detail: MetricsDetail, from batch: Int) -> [ByteBuffer] {
            switch detail {
            case .full: [all]
            case .perSecond:
                if let sums, sums.batch >= batch { [others, sums.lines] } else { [others] }
            case .off: [events]
            }
        }
    }

    /// The lowest limit on kept data, in bytes. A large keyframe raises the limit.
    static let bytes = 8 * 1_024 * 1_024
    /// The assumed size of a keyframe line, in bytes.
    static let bytesPerLine = 256

    private var pieces = CircularBuffer<Piece>()
    private var size = 0
    /// The bytes kept at present.
    var bytesKept: Int { size }
    /// The number of the first piece that is kept.
    private(set) var start = 0
    /// The number of the next piece.
    var end: Int { start + pieces.count }
    /// The most bytes kept. After a keyframe, a viewer still lacks the lines published while the
    /// keyframe was sent. If the viewer reads faster than the stream grows, these are fewer bytes
    /// than the keyframe.
    private var limit = Self.bytes

    subscript(number: Int) -> Piece? {
        guard number >= start, number < end else { return nil }
        return pieces[offset: number - start]
    }

    mutating func append(_ piece: Piece) {
        pieces.append(piece)
        size += piece.size
    }

    /// Raises the limit so that it holds the data published while a viewer takes a keyframe of this
    /// size.
    mutating func expect(keyframeLines: Int) {
        limit = max(limit, keyframeLines * Self.bytesPerLine)
    }

    /// Lowers the limit again, unless viewers still need what is kept: no viewer takes a keyframe.
    mutating func relax() {
        if size <= Self.bytes { limit = Self.bytes }
    }

    /// Removes the pieces that no viewer needs, and the oldest pieces above the limit.
    ///
    /// - Parameter first: the number of the first piece that a viewer needs; `nil` if none does.
    mutating func trim(needed first: Int?) {
        let first = first ?? end
        while let piece = pieces.first, start < first || size > limit {
            size -= piece.size
            pieces.removeFirst()
            start += 1
        }
    }
}
