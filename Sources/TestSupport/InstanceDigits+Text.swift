public import ResilienceWire

extension InstanceDigits {
    /// Creates digits that begin with the given ones and end with zeros.
    public init(first digits: String) {
        guard let number = UInt128(digits, radix: 16) else {
            preconditionFailure("\(digits) is no number of hexadecimal digits")
        }
        self.init(number << (128 - 4 * digits.utf8.count))
    }

    /// Creates digits that are all the same.
    public init(repeating digit: String) {
        self.init(first: String(repeating: digit, count: 32))
    }
}
