/// One running process of an agent: replicas share ``agent`` and differ in ``instance``.
public struct InstanceID: Hashable, Sendable, Comparable {
    /// The agent's name, 1 to 128 bytes, with neither `:` nor `@`.
    public var agent: String
    /// The digits that identify the process, new at each start.
    public var instance: InstanceDigits

    /// Names one running process of an agent.
    public init(agent: String, instance: InstanceDigits) {
        self.agent = agent
        self.instance = instance
    }

    /// Orders by agent, then by instance.
    public static func < (a: InstanceID, b: InstanceID) -> Bool {
        (a.agent, a.instance) < (b.agent, b.instance)
    }
}

/// The 128 bits that identify a running process, on the wire 32 hexadecimal digits.
///
/// Every line of a stream has them, so they are stored as a number, which needs no allocation.
public struct InstanceDigits: Hashable, Sendable, Comparable, LosslessStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// Creates the digits of a number, including leading zeros.
    public init(_ number: UInt128) {
        high = UInt64(truncatingIfNeeded: number >> 64)
        low = UInt64(truncatingIfNeeded: number)
    }

    /// Returns new random digits.
    public static func random() -> InstanceDigits {
        InstanceDigits(.random(in: .min ... .max))
    }

    /// Reads digits in upper or lower case; `nil` unless the text has exactly 32.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == WireLimits.instanceDigits else { return nil }
        self.init(bytes.span, at: 0)
    }

    /// Reads the digits at an offset of `bytes`, which must hold at least 32 bytes from there.
    init?(_ bytes: Span<UInt8>, at offset: Int) {
        guard let a = HexWord.value(bytes.word(at: offset)),
            let b = HexWord.value(bytes.word(at: offset + 8)),
            let c = HexWord.value(bytes.word(at: offset + 16)),
            let d = HexWord.value(bytes.word(at: offset + 24))
        else { return nil }
        high = a &<< 32 | b
        low = c &<< 32 | d
    }

    /// The 32 digits, with letters in lower case.
    public var description: String {
        String(unsafeUninitializedCapacity: WireLimits.instanceDigits) { buffer in
            var text = OutputSpan(buffer: buffer, initializedCount: 0)
            append(to: &text)
            return text.finalize(for: buffer)
        }
    }

    /// Appends the 32 digits.
    func append(to text: inout OutputSpan<UInt8>) {
        for half in [high, low] {
            text.append(word: HexWord.text(UInt32(truncatingIfNeeded: half &>> 32)))
            text.append(word: HexWord.text(UInt32(truncatingIfNeeded: half)))
        }
    }

    /// Returns the first `count` digits.
    public func prefix(_ count: Int) -> String {
        String(description.prefix(count))
    }

    /// The first eight digits as a number.
    public var head: UInt32 { UInt32(truncatingIfNeeded: high &>> 32) }

    /// Returns the number of leading digits that are the same as those of another instance.
    public func commonDigits(with other: InstanceDigits) -> Int {
        let difference = high ^ other.high
        return difference != 0
            ? difference.leadingZeroBitCount / 4
            : 16 + (low ^ other.low).leadingZeroBitCount / 4
    }

    /// Whether the digits begin with `prefix`, which must be in lower case.
    public func hasPrefix(_ prefix: String) -> Bool {
        description.hasPrefix(prefix)
    }

    /// Compares the numbers, which gives the same order as comparing the digits.
    public static func < (a: InstanceDigits, b: InstanceDigits) -> Bool {
        (a.high, a.low) < (b.high, b.low)
    }
}
