/// Access to eight bytes at a time. Searching a line's end byte by byte would take half as long as
/// decoding the line.
extension Span<UInt8> {
    /// Returns eight bytes as an integer, the first byte lowest. The access is bounds-checked, and
    /// any eight bytes are a valid integer, so it is safe.
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Returns the offset of the first newline at or after an offset.
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

extension Span<UInt8> {
    /// Whether these are the UTF-8 bytes of a text.
    func equals(_ text: String) -> Bool {
        guard text.utf8.count == count else { return false }
        return withUnsafeBufferPointer { $0.elementsEqual(text.utf8) }
    }
}

extension OutputSpan<UInt8> {
    /// Appends eight bytes of an integer, the lowest byte first.
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

/// Masks that mark bytes of a word by their top bits. Only the lowest mark is reliable, because a
/// subtraction can borrow from the byte above a marked one. The lowest mark of several combined
/// masks is reliable too.
enum ByteMask {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    /// Returns the index of the first marked byte.
    @inline(__always)
    static func first(_ mask: UInt64) -> Int { mask.trailingZeroBitCount / 8 }

    @inline(__always)
    static func equal(to byte: UInt8, in word: UInt64) -> UInt64 {
        let differences = word ^ (UInt64(byte) &* ones)
        return (differences &- ones) & ~differences & tops
    }

    /// Marks the bytes that need a closer look in a JSON string: the closing quote, a backslash,
    /// control characters and bytes outside printable ASCII.
    @inline(__always)
    static func notPlain(in word: UInt64) -> UInt64 {
        let controls = (word &- 0x20 &* ones) & ~word & tops
        return equal(to: UInt8(ascii: "\""), in: word) | equal(to: UInt8(ascii: "\\"), in: word)
            | controls | ((word | (word &+ ones)) & tops)
    }
}

/// Converts eight hexadecimal digits in a word at once, the first digit in the lowest byte.
enum HexWord {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let lowHalves: UInt64 = 0x0F0F_0F0F_0F0F_0F0F

    /// Returns the number that the digits represent; `nil` if a byte is not a hexadecimal digit.
    @inline(__always)
    static func value(_ word: UInt64) -> UInt64? {
        // Bit 6 distinguishes letters, 0x41 to 0x46 and 0x61 to 0x66, from digits, 0x30 to 0x39.
        let letters = (word &>> 6) & ones
        let heads = (word | (letters &<< 5)) & ~lowHalves
        let values = (word & lowHalves) &+ (letters &* 9)
        guard heads == ones &* 0x30 &+ letters &* 0x30, values & ~lowHalves == 0,
            ((values &+ ones &* 6) &>> 4) & ones == letters
        else { return nil }
        // Combines two digits into one byte, then moves the bytes together.
        let pairs = ((values &<< 4) | (values &>> 8)) & 0x00FF_00FF_00FF_00FF
        let halves = (pairs | (pairs &>> 8)) & 0x0000_FFFF_0000_FFFF
        return UInt64(UInt32(truncatingIfNeeded: halves | (halves &>> 16)).byteSwapped)
    }

    /// Returns the digits of a number, in lower case.
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
