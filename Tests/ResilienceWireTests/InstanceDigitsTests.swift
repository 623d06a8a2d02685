import ResilienceWire
import TestSupport
import Testing

/// Tests of instance digits, which are stored as a number.
@Suite struct InstanceDigitsTests {
    @Test func digitsRoundTripInLowerCase() throws {
        var random = SplitMix64(seed: 1)
        for _ in 0..<1_000 {
            let number = UInt128.random(in: .min ... .max, using: &random)
            let plain = String(number, radix: 16)
            let text = String(repeating: "0", count: 32 - plain.count) + plain
            let digits = try #require(InstanceDigits(text))
            #expect(digits == InstanceDigits(number))
            #expect(digits.description == text)
            #expect(InstanceDigits(text.uppercased()) == digits)
            #expect(digits.prefix(8) == text.prefix(8))
            #expect(digits.hasPrefix(String(text.prefix(5))))
        }
    }

    /// Tries every byte at every position and compares the result with the standard library.
    @Test func initialiserRejectsOtherCharactersAndLengths() {
        for place in 0..<32 {
            for byte in UInt8.min ... .max {
                var bytes = [UInt8](repeating: UInt8(ascii: "7"), count: 32)
                bytes[place] = byte
                let text = String(decoding: bytes, as: UTF8.self)
                let isDigit = Character(Unicode.Scalar(byte)).isHexDigit && byte < 0x80
                #expect((InstanceDigits(text) != nil) == isDigit)
            }
        }
        for count in [0, 31, 33, 64] {
            #expect(InstanceDigits(String(repeating: "0", count: count)) == nil)
        }
    }

    @Test func digitsSortLikeTheirText() {
        var random = SplitMix64(seed: 2)
        let digits = (0..<100).map { _ in
            InstanceDigits(.random(in: .min ... .max, using: &random))
        }
        #expect(digits.sorted().map(\.description) == digits.map(\.description).sorted())
    }
}
