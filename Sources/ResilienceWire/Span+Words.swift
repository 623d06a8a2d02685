/// Looking at eight bytes at a time. Byte by byte, to find a line's end would take as long as half
/// of the decoding does.
extension Span<UInt8> {
    /// Eight bytes, the first one lowest. Checked as every access to a span is; and any eight bytes
    /// are an integer, so nothing about it is unsafe.
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The offset of the first newline at or behind an offset.
    func firstNewline(from start: Int) -> Int? {
        var offset = start
        while offset + 8 <= count {
            let newlines = ByteMask.equal(to: UInt8(ascii: "\n"), in: word(at: offset))
            if newlines != 0 { return offset + ByteMask.first(newlines) }
            offset += 8
        }
        while offset < count {
            if self[offset] == UInt8(ascii: "\n") { return offset }
            offset += 1
        }
        return nil
    }
}

/// Marks bytes of a word by their top bits. Only the lowest mark is certain, since a subtraction may
/// borrow from the byte above one that is marked; the lowest of several masks joined is, too.
enum ByteMask {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    /// The index of the first marked byte.
    @inline(__always)
    static func first(_ mask: UInt64) -> Int { mask.trailingZeroBitCount / 8 }

    @inline(__always)
    static func equal(to byte: UInt8, in word: UInt64) -> UInt64 {
        let differences = word ^ (UInt64(byte) &* ones)
        return (differences &- ones) & ~differences & tops
    }

    /// What a JSON string may not hold just so: the closing quote, a backslash, control characters;
    /// and what is not ASCII, which is to be looked at more closely.
    @inline(__always)
    static func notPlain(in word: UInt64) -> UInt64 {
        let controls = (word &- 0x20 &* ones) & ~word & tops
        return equal(to: UInt8(ascii: "\""), in: word) | equal(to: UInt8(ascii: "\\"), in: word)
            | controls | (word & tops)
    }
}
