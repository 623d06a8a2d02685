/// A short JSON string, such as a field's name, packed into two words. Comparing it with a literal
/// is two integer comparisons; reading it allocates nothing.
struct JSONKey: Equatable {
    /// The maximum length in bytes. Nearly every word of the protocol fits.
    static let capacity = 15

    /// Stands for every string longer than ``capacity``. It equals no literal.
    static let tooLong = JSONKey(low: 0, high: .max)

    private let low: UInt64
    /// The bytes from the ninth on. The highest byte holds the length, so that a name followed by
    /// NUL bytes is a different key.
    private let high: UInt64

    @inline(__always)
    private init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// Packs the first `count` of 16 bytes; `count` is at most ``capacity``. The other bytes are
    /// ignored.
    @inline(__always)
    init(_ first: UInt64, _ second: UInt64, count: Int) {
        let length = UInt64(truncatingIfNeeded: count) << 56
        if count < 8 {
            self.init(low: first & ~(.max << UInt64(8 * count)), high: length)
        } else {
            self.init(low: first, high: second & ~(.max << UInt64(8 * (count - 8))) | length)
        }
    }

    /// Packs the bytes of any string. The optimiser unrolls the two plain loops, and evaluates them
    /// at compile time for a literal.
    @inline(__always)
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count <= Self.capacity else {
            self = .tooLong
            return
        }
        var low: UInt64 = 0
        var high = UInt64(truncatingIfNeeded: bytes.count) << 56
        for index in 0..<min(bytes.count, 8) {
            low |= UInt64(bytes[index]) &<< UInt64(truncatingIfNeeded: 8 &* index)
        }
        for index in 8..<max(bytes.count, 8) {
            high |= UInt64(bytes[index]) &<< UInt64(truncatingIfNeeded: 8 &* (index &- 8))
        }
        self.init(low: low, high: high)
    }
}

extension JSONKey: ExpressibleByStringLiteral {
    @inline(__always)
    init(stringLiteral: StaticString) {
        self = stringLiteral.withUTF8Buffer { JSONKey($0) }
    }
}
