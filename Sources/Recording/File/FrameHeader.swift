import ResilienceWire

/// The header before each zstd frame of a recording. It is a zstd skippable frame, which other zstd
/// tools ignore. Seeking reads these headers one by one.
///
/// The skippable frame is 45 bytes, all numbers little-endian: zstd's magic number and length (RFC 8878,
/// 3.1.2), `fbx1`, the first and the last time, the number of lines, the compressed size, whether a
/// keyframe begins there, and a checksum of all before it (64-bit FNV-1a).
struct FrameHeader: Equatable, Sendable {
    /// The time of the first line that has one, in Unix milliseconds.
    var first: Int64
    /// The time of the latest line in Unix milliseconds.
    var last: Int64
    /// The number of lines in the frame.
    var lines: UInt32
    /// The size of the following zstd frame in bytes.
    var size: UInt32
    /// Whether a keyframe starts with the frame's first line.
    var hasKeyframe: Bool

    /// The size of the skippable frame in bytes.
    static let byteCount = 45
    /// The first bytes of every header.
    static let magic: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 37, 0, 0, 0] + Array("fbx1".utf8)

    /// The encoded header.
    var bytes: [UInt8] {
        var bytes = Self.magic
        func add(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
        }
        add(first)
        add(last)
        add(lines)
        add(size)
        add(UInt8(hasKeyframe ? 1 : 0))
        add(Self.checksum(bytes[...]))
        return bytes
    }

    init(first: Int64, last: Int64, lines: UInt32, size: UInt32, hasKeyframe: Bool) {
        self.first = first
        self.last = last
        self.lines = lines
        self.size = size
        self.hasKeyframe = hasKeyframe
    }

    /// Decodes the header at the start of `bytes`. Returns `nil` if there is none, if the checksum
    /// is wrong, or if the values are impossible: times that run backwards or are out of range, or
    /// a frame that is too long.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count >= Self.byteCount, bytes.starts(with: Self.magic) else { return nil }
        var position = bytes.startIndex + Self.magic.count
        func take<Value: FixedWidthInteger>(_: Value.Type) -> Value {
            let size = MemoryLayout<Value>.size
            let value = bytes[position..<position + size].reversed()
                .reduce(Value.zero) { $0 << 8 | Value(truncatingIfNeeded: $1) }
            position += size
            return value
        }
        first = take(Int64.self)
        last = take(Int64.self)
        lines = take(UInt32.self)
        size = take(UInt32.self)
        hasKeyframe = take(UInt8.self) == 1
        let checked = bytes[bytes.startIndex..<position]
        guard take(UInt64.self) == Self.checksum(checked), isPossible else { return nil }
    }

    private var isPossible: Bool {
        0 <= first && first <= last && last <= WireLimits.count
            && size <= ZstdDecompressor.limit
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
