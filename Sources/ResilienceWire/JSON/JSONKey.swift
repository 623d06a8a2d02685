/// A short JSON string, such as a field's name, packed into two words: comparing one with a literal
/// is two integer comparisons, and reading one allocates nothing.
struct JSONKey: Equatable {
    /// The longest string that has a key of its own; nearly every word of the protocol fits.
    static let capacity = 15

    /// Equal to no literal: what is longer than ``capacity``.
    static let tooLong = JSONKey(low: 0, high: .max)

    private let low: UInt64
    /// The bytes from the ninth on; the uppermost holds the length, so that a name with NUL bytes
    /// behind it is another key.
    private let high: UInt64

    @inline(__always)
    private init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// The first `count` of 16 bytes, at most ``capacity``; what is behind them does not matter.
    @inline(__always)
    init(_ first: UInt64, _ second: UInt64, count: Int) {
        let length = UInt64(truncatingIfNeeded: count) << 56
        if count < 8 {
            self.init(low: first & ~(.max << UInt64(8 * count)), high: length)
        } else {
            self.init(low: first, high: second & ~(.max << UInt64(8 * (count - 8))) | length)
        }
    }

    /// Any string's bytes. Two plain loops, which the optimiser unrolls, and folds for a literal.
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
