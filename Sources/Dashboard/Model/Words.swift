import Fleet
import ResilienceWire

/// Numbers, times and states as people read them.
enum Words {
    /// `12ms`, `4s`, `3m10s`, `2h05m`, `3d4h`.
    static func duration(_ milliseconds: Int64) -> String { InWords.duration(milliseconds) }

    /// A time that is counted in seconds and short: `0s`, `22s`, `14m`, `2h05m`.
    static func countdown(_ milliseconds: Int64) -> String { InWords.countdown(milliseconds) }

    /// How long something has lasted: as ``countdown(_:)``, rounded down.
    static func age(_ milliseconds: Int64) -> String { InWords.age(milliseconds) }

    /// A latency: `840us`, `12.4ms`, `310ms`, `1.2s`, `48s`.
    static func latency(microseconds: Double) -> String {
        InWords.latency(microseconds: microseconds)
    }

    /// How long a command took, as a latency.
    static func took(milliseconds: Double) -> String {
        InWords.latency(microseconds: milliseconds * 1_000)
    }

    /// Events a second: `0`, `0.4`, `12`, `14k`.
    static func rate(_ perSecond: Double) -> String {
        guard perSecond > 0 else { return "0" }
        return switch perSecond {
        case ..<0.05: "0.1"
        case ..<9.95: trimmed(perSecond)
        case ..<9_999.5: whole(perSecond)
        default: whole(perSecond / 1_000) + "k"
        }
    }

    /// A share in percent: `31%`, `99.1%`; never 100% unless it is all, never 0% unless none.
    static func percent(_ share: Double) -> String {
        guard share > 0 else { return "0%" }
        guard share < 1 else { return "100%" }
        if share >= 0.9 {
            let tenths = min(999, whole(of: share * 1_000))
            return tenths % 10 == 0 ? "\(tenths / 10)%" : "\(tenths / 10).\(tenths % 10)%"
        }
        return "\(max(1, whole(of: share * 100)))%"
    }

    /// Attempts per call: `1.9x`.
    static func tries(_ amplification: Double) -> String {
        amplification < 100 ? "\(decimal(amplification))x" : "\(whole(amplification))x"
    }

    /// A count: `812`, `31,207`.
    static func count(_ count: Int) -> String {
        guard count >= 10_000 else { return String(count) }
        var digits = Array(String(count))
        for index in stride(from: digits.count - 3, to: 0, by: -3) {
            digits.insert(",", at: index)
        }
        return String(digits)
    }

    /// A count where only its size matters: `812`, `16k`, `2.1M`.
    static func volume(_ count: Int) -> String {
        switch count {
        case ..<10_000: String(count)
        case ..<1_000_000: "\(count / 1_000)k"
        default: decimal(Double(count) / 1_000_000) + "M"
        }
    }

    /// The length of a file: `812 B`, `16 kB`, `18.2 MB`.
    static func bytes(_ count: Int64) -> String {
        switch count {
        case ..<1_000: "\(count) B"
        case ..<1_000_000: "\(count / 1_000) kB"
        case ..<1_000_000_000: "\(decimal(Double(count) / 1e6)) MB"
        default: "\(decimal(Double(count) / 1e9)) GB"
        }
    }

    /// A limit's value: whole where it is, else with at most three places.
    static func number(_ value: Double) -> String { InWords.number(value) }

    /// One with its noun, in the plural unless it is one.
    static func counted(_ count: Int, _ noun: String) -> String {
        count == 1 ? "1 \(noun)" : "\(self.count(count)) \(noun)s"
    }

    /// The time of day in UTC: `14:02:31`.
    static func clock(_ unixMS: Int64) -> String {
        let seconds = ((unixMS / 1_000) % 86_400 + 86_400) % 86_400
        return "\(two(seconds / 3_600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    /// A replay's speed: `4x`, `0.25x`, or `max`.
    static func speed(_ speed: Double) -> String {
        if speed.isInfinite { return "max" }
        return speed >= 1 ? "\(whole(speed))x" : decimal(speed, places: speed < 0.5 ? 2 : 1) + "x"
    }

    /// A fixed number of decimal places, rounded; `-` for what is not a number.
    static func decimal(_ value: Double, places: Int = 1) -> String {
        InWords.decimal(value, places: places)
    }

    private static func trimmed(_ value: Double) -> String {
        let text = decimal(value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func whole(_ value: Double) -> String { String(whole(of: value)) }

    private static func whole(of value: Double) -> Int {
        value.isFinite && abs(value) < 1e15 ? Int(value.rounded()) : 0
    }

    private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}

extension BreakerState {
    /// The state in words, as in `closed -> half open`.
    var words: String {
        switch self {
        case .closed: "closed"
        case .open: "open"
        case .halfOpen: "half open"
        case .forcedOpen: "forced open"
        case .disabled: "disabled"
        }
    }

    /// The state as one short word, as the table has it.
    var label: String {
        switch self {
        case .closed: "CLOSED"
        case .open: "OPEN"
        case .halfOpen: "HALF"
        case .forcedOpen: "FORCED"
        case .disabled: "DISABLED"
        }
    }
}
