package import ResilienceWire

extension Format {
    /// The duration of a command, in the form of ``latency(microseconds:)``.
    package static func took(milliseconds: Double) -> String {
        latency(microseconds: milliseconds * 1_000)
    }

    /// Events a second: `0`, `0.4`, `12`, `14k`.
    package static func rate(_ perSecond: Double) -> String {
        guard perSecond > 0 else { return "0" }
        return switch perSecond {
        case ..<0.05: "0.1"
        case ..<9.95: trimmed(perSecond)
        case ..<9_999.5: whole(perSecond)
        default: whole(perSecond / 1_000) + "k"
        }
    }

    /// A share as a percentage: `31%`, `99.1%`. 100% appears only for 1, and 0% only for 0.
    package static func percent(_ share: Double) -> String {
        guard share > 0 else { return "0%" }
        guard share < 1 else { return "100%" }
        if share >= 0.9 {
            let tenths = min(999, whole(of: share * 1_000))
            return tenths % 10 == 0 ? "\(tenths / 10)%" : "\(tenths / 10).\(tenths % 10)%"
        }
        return "\(max(1, whole(of: share * 100)))%"
    }

    /// Attempts per call: `1.9x`.
    package static func tries(_ amplification: Double) -> String {
        amplification < 100 ? "\(decimal(amplification))x" : "\(whole(amplification))x"
    }

    /// A count: `812`, `31,207`.
    package static func count(_ count: Int) -> String {
        guard count >= 10_000 else { return String(count) }
        var digits = Array(String(count))
        for index in stride(from: digits.count - 3, to: 0, by: -3) {
            digits.insert(",", at: index)
        }
        return String(digits)
    }

    /// A count in short form: `812`, `16k`, `2.1M`.
    package static func volume(_ count: Int) -> String {
        switch count {
        case ..<10_000: String(count)
        case ..<1_000_000: "\(count / 1_000)k"
        default: decimal(Double(count) / 1_000_000) + "M"
        }
    }

    /// The length of a file: `812 B`, `16 kB`, `18.2 MB`.
    package static func bytes(_ count: Int64) -> String {
        switch count {
        case ..<1_000: "\(count) B"
        case ..<1_000_000: "\(count / 1_000) kB"
        case ..<1_000_000_000: "\(decimal(Double(count) / 1e6)) MB"
        default: "\(decimal(Double(count) / 1e9)) GB"
        }
    }

    /// A count with its noun, in the plural unless the count is 1.
    package static func counted(_ count: Int, _ noun: String) -> String {
        count == 1 ? "1 \(noun)" : "\(self.count(count)) \(noun)s"
    }

    /// The time of day in UTC: `14:02:31`.
    package static func clock(_ unixMS: Int64) -> String {
        let seconds = ((unixMS / 1_000) % 86_400 + 86_400) % 86_400
        return "\(two(seconds / 3_600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    /// A replay's speed: `4x`, `0.25x`, or `max`.
    package static func speed(_ speed: Double) -> String {
        if speed.isInfinite { return "max" }
        return speed >= 1 ? "\(whole(speed))x" : decimal(speed, places: speed < 0.5 ? 2 : 1) + "x"
    }

    private static func trimmed(_ value: Double) -> String {
        let text = decimal(value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func whole(_ value: Double) -> String { String(whole(of: value)) }

    private static func whole(of value: Double) -> Int {
        value.isFinite && abs(value) < 1e15 ? Int(value.rounded()) : 0
    }

    /// The share of served calls: `31.5%`, `1/2` for fewer than ten calls, `-` without any.
    package static func served(_ counters: Counters) -> String {
        guard let rate = counters.servedRate else { return "-" }
        if counters.wanted < 10 { return "\(counters.ok)/\(counters.wanted)" }
        return "\(decimal(rate * 100, places: rate > 0.995 && rate < 1 ? 2 : 1))%"
    }
}
