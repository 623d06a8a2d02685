/// One running process of an agent: replicas share ``agent`` and differ in ``instance``.
public struct InstanceID: Hashable, Sendable, Comparable {
    /// The agent's name, 1 to 128 bytes, with neither `:` nor `@`.
    public var agent: String
    /// New at each start of the process.
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

/// What tells a running process from every other: 128 bits, on the wire 32 hexadecimal digits. Every line
/// of a stream has them, so they are kept as a number, which needs no allocation.
public struct InstanceDigits: Hashable, Sendable, Comparable, LosslessStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// The digits of a number, the leading zeros included.
    public init(_ number: UInt128) {
        high = UInt64(truncatingIfNeeded: number >> 64)
        low = UInt64(truncatingIfNeeded: number)
    }

    /// Others each time.
    public static func random() -> InstanceDigits {
        InstanceDigits(.random(in: .min ... .max))
    }

    /// The digits of a text, in either case; `nil` unless it has 32 and nothing else.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == WireLimits.instanceDigits else { return nil }
        self.init(bytes.span, at: 0)
    }

    /// The digits that stand in bytes from an offset on; at least 32 bytes are there.
    init?(_ bytes: Span<UInt8>, at offset: Int) {
        guard let a = HexWord.value(bytes.word(at: offset)),
            let b = HexWord.value(bytes.word(at: offset + 8)),
            let c = HexWord.value(bytes.word(at: offset + 16)),
            let d = HexWord.value(bytes.word(at: offset + 24))
        else { return nil }
        high = a &<< 32 | b
        low = c &<< 32 | d
    }

    /// 32 digits, the letters in lower case.
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

    /// The first digits.
    public func prefix(_ count: Int) -> String {
        String(description.prefix(count))
    }

    /// The first eight digits as a number.
    public var head: UInt32 { UInt32(truncatingIfNeeded: high &>> 32) }

    /// How many digits from the first on are the same as another's.
    public func commonDigits(with other: InstanceDigits) -> Int {
        let difference = high ^ other.high
        return difference != 0
            ? difference.leadingZeroBitCount / 4
            : 16 + (low ^ other.low).leadingZeroBitCount / 4
    }

    /// Whether they begin with others, which are in lower case.
    public func hasPrefix(_ prefix: String) -> Bool {
        description.hasPrefix(prefix)
    }

    /// By the number, which is the order of the digits.
    public static func < (a: InstanceDigits, b: InstanceDigits) -> Bool {
        (a.high, a.low) < (b.high, b.low)
    }
}
