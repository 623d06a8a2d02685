/// A number in the line after the syntax check: `significand * 10^exponent`.
struct JSONNumber {
    var start: Int
    var end: Int
    var isNegative = false
    /// The digits before and after the decimal point, as many as fit into 64 bits.
    var significand: UInt64 = 0
    /// The power of ten by which the significand is multiplied.
    var exponent = 0
    /// Whether the number had more digits than the significand holds.
    var isTruncated = false
    /// Whether the number has a fraction or an exponent.
    var isReal = false
}

extension JSONScanner {
    /// Reads a whole number within a range. `5.0` and `5e0` equal `5`, as in RFC 8259.
    mutating func integer(_ range: ClosedRange<Int64>) throws(WireError) -> Int64 {
        let start = position
        if let value = plainDigits(), range.contains(value) { return value }
        position = start
        guard isAtNumber else {
            throw unfit("a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        guard let value = whole(try scanNumber()), range.contains(value) else {
            throw unfit(
                "a whole number from \(range.lowerBound) to \(range.upperBound)", at: start)
        }
        return value
    }

    /// Reads a number of 1 to 18 digits, the form of nearly all numbers. Returns `nil` for any
    /// other form; the caller then reads it again with all checks.
    @inline(__always)
    private mutating func plainDigits() -> Int64? {
        let start = position
        var value: Int64 = 0
        while position < bytes.count {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            value = value &* 10 &+ Int64(digit)
            position += 1
        }
        let length = position - start
        guard 1...18 ~= length, length == 1 || bytes[start] != UInt8(ascii: "0") else {
            return nil
        }
        guard let byte = next, byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e")
        else { return value }
        return nil
    }

    /// Reads a count, by default 0 to 2^53 - 1.
    @inline(__always)
    mutating func count(
        _ range: ClosedRange<Int> = 0...Int(WireLimits.count)
    ) throws(WireError) -> Int {
        Int(try integer(Int64(range.lowerBound)...Int64(range.upperBound)))
    }

    /// Reads a duration or a time in any unit: 0 to 2^53 - 1.
    @inline(__always)
    mutating func duration() throws(WireError) -> Int64 {
        try integer(0...WireLimits.count)
    }

    /// Reads a number as a correctly rounded double; throws if it is out of range.
    mutating func double() throws(WireError) -> Double {
        let start = position
        guard isAtNumber else { throw unfit("a number") }
        let value = real(try scanNumber())
        guard value.isFinite else { throw unfit("a number within a double's range", at: start) }
        return value
    }

    /// Reads a number within a range.
    mutating func double(_ range: ClosedRange<Double>) throws(WireError) -> Double {
        let start = position
        let value = try double()
        guard range.contains(value) else {
            throw unfit("a number from \(range.lowerBound) to \(range.upperBound)", at: start)
        }
        return value
    }

    @inline(__always)
    private var isAtNumber: Bool {
        guard let byte = next else { return false }
        return isDigit(byte) || byte == UInt8(ascii: "-")
    }

    /// Skips a number and checks its syntax.
    mutating func scanNumber() throws(WireError) -> JSONNumber {
        var number = JSONNumber(start: position, end: position)
        if next == UInt8(ascii: "-") {
            number.isNegative = true
            position += 1
        }
        if next == UInt8(ascii: "0") {
            position += 1
            if let byte = next, isDigit(byte) {
                throw syntaxError("no digit after a leading zero", at: number.start)
            }
        } else {
            try scanDigits { (byte) in number.take(byte) }
        }
        if next == UInt8(ascii: ".") {
            position += 1
            number.isReal = true
            try scanDigits { (byte) in
                number.take(byte)
                if !number.isTruncated { number.exponent -= 1 }
            }
        }
        if let byte = next, byte | 0x20 == UInt8(ascii: "e") {
            position += 1
            number.isReal = true
            number.exponent += try scanExponent()
        }
        number.end = position
        return number
    }

    private mutating func scanExponent() throws(WireError) -> Int {
        let isNegative = next == UInt8(ascii: "-")
        if isNegative || next == UInt8(ascii: "+") { position += 1 }
        var exponent = 0
        try scanDigits { (byte) in
            // An exponent of this size is out of range anyway; the check only prevents an overflow.
            if exponent < 100_000 { exponent = exponent * 10 + Int(byte - UInt8(ascii: "0")) }
        }
        return isNegative ? -exponent : exponent
    }

    /// Skips digits; throws unless there is at least one.
    @inline(__always)
    private mutating func scanDigits(_ body: (UInt8) -> Void) throws(WireError) {
        guard let first = next, isDigit(first) else { throw syntaxError("a digit") }
        while let byte = next, isDigit(byte) {
            body(byte)
            position += 1
        }
    }

    @inline(__always)
    private func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10
    }

    private func whole(_ number: JSONNumber) -> Int64? {
        guard number.isReal else {
            guard !number.isTruncated else { return nil }
            let magnitude = Int64(exactly: number.significand)
            return number.isNegative ? magnitude.map { -$0 } : magnitude
        }
        let value = real(number)
        // Beyond 2^53 a double can stand for several whole numbers, so the value is not certain.
        guard value.magnitude <= Double(WireLimits.count) else { return nil }
        // Not `Int64(exactly:)`, which would need libm's `trunc`.
        let whole = Int64(value)
        return Double(whole) == value ? whole : nil
    }

    private func real(_ number: JSONNumber) -> Double {
        // Both factors are exact doubles, so one operation rounds once and correctly (Clinger).
        if !number.isTruncated, number.significand <= 1 << 53,
            number.exponent.magnitude < Self.powersOfTen.count
        {
            let power = Self.powersOfTen[Int(number.exponent.magnitude)]
            let significand = Double(number.significand)
            let value = number.exponent < 0 ? significand / power : significand * power
            return number.isNegative ? -value : value
        }
        let literal = text(JSONString(start: number.start, end: number.end, isEscaped: false))
        return Double(literal) ?? .nan
    }

    /// The powers of ten that a double represents exactly.
    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
}

extension JSONNumber {
    @inline(__always)
    fileprivate mutating func take(_ byte: UInt8) {
        let (shifted, overflowed) = significand.multipliedReportingOverflow(by: 10)
        let (sum, carried) = shifted.addingReportingOverflow(UInt64(byte &- UInt8(ascii: "0")))
        if isTruncated || overflowed || carried {
            isTruncated = true
        } else {
            significand = sum
        }
    }
}
