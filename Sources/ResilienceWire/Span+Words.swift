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

extension OutputSpan<UInt8> {
    /// Appends eight bytes, the lowest one first.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func append(word: UInt64) {
        withUnsafeMutableBufferPointer { buffer, initialized in
            let room = UnsafeMutableRawBufferPointer(buffer)
            room.storeBytes(of: word.littleEndian, toByteOffset: initialized, as: UInt64.self)
            initialized += 8
        }
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
    /// and what is not printable ASCII, which is to be looked at more closely.
    @inline(__always)
    static func notPlain(in word: UInt64) -> UInt64 {
        let controls = (word &- 0x20 &* ones) & ~word & tops
        return equal(to: UInt8(ascii: "\""), in: word) | equal(to: UInt8(ascii: "\\"), in: word)
            | controls | ((word | (word &+ ones)) & tops)
    }
}

/// Eight hexadecimal digits in a word, all at once, the first one lowest.
enum HexWord {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let lowHalves: UInt64 = 0x0F0F_0F0F_0F0F_0F0F

    /// The number that they write; `nil` where one of them is no digit.
    @inline(__always)
    static func value(_ word: UInt64) -> UInt64? {
        // Bit 6 tells letters, 0x41 to 0x46 and 0x61 to 0x66, from figures, 0x30 to 0x39.
        let letters = (word &>> 6) & ones
        let heads = (word | (letters &<< 5)) & ~lowHalves
        let values = (word & lowHalves) &+ (letters &* 9)
        guard heads == ones &* 0x30 &+ letters &* 0x30, values & ~lowHalves == 0,
            ((values &+ ones &* 6) &>> 4) & ones == letters
        else { return nil }
        // Two digits a byte, then these side by side.
        let pairs = ((values &<< 4) | (values &>> 8)) & 0x00FF_00FF_00FF_00FF
        let halves = (pairs | (pairs &>> 8)) & 0x0000_FFFF_0000_FFFF
        return UInt64(UInt32(truncatingIfNeeded: halves | (halves &>> 16)).byteSwapped)
    }

    /// The digits that write a number, in lower case.
    @inline(__always)
    static func text(_ number: UInt32) -> UInt64 {
        let bytes = UInt64(number.byteSwapped)
        let halves = (bytes | (bytes &<< 16)) & 0x0000_FFFF_0000_FFFF
        let pairs = (halves | (halves &<< 8)) & 0x00FF_00FF_00FF_00FF
        let values = ((pairs &>> 4) | (pairs &<< 8)) & lowHalves
        let letters = ((values &+ ones &* 6) &>> 4) & ones
        return values &+ ones &* 0x30 &+ letters &* 0x27
    }
}
