import NIOCore
import ResilienceWire

/// What was published and not yet taken by all who watch: kept once for all of them, and within
/// bounds, so that none of them costs more than the others by being slow.
struct BroadcastBuffer {
    /// What was published together.
    struct Piece {
        let all: ByteBuffer
        /// Without figures; the same buffer where it had none.
        let events: ByteBuffer
        /// With sums of the deltas; where nobody wanted any, `nil`.
        let summed: ByteBuffer?

        var size: Int {
            let isAllEvents = events.readableBytes == all.readableBytes
            return all.readableBytes + (isAllEvents ? 0 : events.readableBytes)
                + (summed?.readableBytes ?? 0)
        }

        /// What one takes who follows the figures so closely.
        subscript(figures: MetricsDetail) -> ByteBuffer {
            switch figures {
            case .full: all
            case .perSecond: summed ?? all
            case .off: events
            }
        }
    }

    /// The bytes that are kept at least, where someone needs them.
    static let bytes = 8 * 1_024 * 1_024
    /// About what a line takes.
    static let bytesPerLine = 256

    private var pieces = CircularBuffer<Piece>()
    private var size = 0
    /// How many bytes are kept.
    var bytesKept: Int { size }
    /// The number of the first piece that is kept.
    private(set) var start = 0
    /// The number of the next piece.
    var end: Int { start + pieces.count }
    /// Who takes a keyframe is as much behind when it is through as was published meanwhile; if it
    /// is faster than the stream at all, that is less than the keyframe.
    private var limit = Self.bytes

    subscript(number: Int) -> Piece? {
        guard number >= start, number < end else { return nil }
        return pieces[offset: number - start]
    }

    mutating func append(_ piece: Piece) {
        pieces.append(piece)
        size += piece.size
    }

    /// Makes room for what is published while a keyframe of so many lines is taken.
    mutating func expect(keyframeLines: Int) {
        limit = max(Self.bytes, keyframeLines * Self.bytesPerLine)
    }

    /// Lets go of what nobody needs, and of the oldest where there is too much.
    ///
    /// - Parameter first: the first piece that anyone needs; `nil` where nobody watches.
    mutating func trim(needed first: Int?) {
        let first = first ?? end
        while let piece = pieces.first, start < first || size > limit {
            size -= piece.size
            pieces.removeFirst()
            start += 1
        }
    }
}
