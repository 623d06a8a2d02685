/// Durations, rates, shares, counts and states as text: the same on every screen, in every table and in every
/// message.
public enum Format {
    /// A time in whole seconds, or milliseconds below one: `12ms`, `4s`, `3m10s`, `2h05m`, `3d4h`.
    public static func duration(_ milliseconds: Int64) -> String {
        let seconds = max(0, milliseconds) / 1_000
        return switch milliseconds {
        case ..<0: "0s"
        case ..<1_000: "\(milliseconds)ms"
        case ..<60_000: "\(seconds)s"
        case ..<3_600_000 where seconds % 60 == 0: "\(seconds / 60)m"
        case ..<3_600_000: "\(seconds / 60)m\(two(seconds % 60))s"
        case ..<86_400_000: "\(seconds / 3_600)h\(two(seconds / 60 % 60))m"
        default: "\(seconds / 86_400)d\(seconds / 3_600 % 24)h"
        }
    }

    /// The time that is left, in seconds and short: `0s`, `22s`, `14m`, `2h05m`.
    public static func countdown(_ milliseconds: Int64) -> String {
        // Rounded up, so that it reads 0s only when it is over.
        let seconds = max(0, milliseconds) / 1_000 + (max(0, milliseconds) % 1_000 > 0 ? 1 : 0)
        return switch seconds {
        case ..<60: "\(seconds)s"
        case ..<600: "\(seconds / 60)m\(two(seconds % 60))s"
        case ..<3_600: "\(seconds / 60)m"
        default: duration(min(seconds, Int64.max / 1_000) * 1_000)
        }
    }

    /// How long something has lasted: as ``countdown(_:)``, rounded down.
    public static func age(_ milliseconds: Int64) -> String {
        countdown(max(0, milliseconds) / 1_000 * 1_000)
    }

    /// How long a call or an answer took: `840us`, `12.4ms`, `310ms`, `1.2s`, `48s`; microseconds below a
    /// millisecond.
    public static func latency(microseconds: Double) -> String {
        switch microseconds {
        case ..<999.5: "\(rounded(microseconds))us"
        case ..<99_950: "\(decimal(microseconds / 1_000))ms"
        case ..<999_500: "\(rounded(microseconds / 1_000))ms"
        case ..<9_950_000: "\(decimal(microseconds / 1_000_000))s"
        default: "\(rounded(microseconds / 1_000_000))s"
        }
    }

    /// A limit's value: whole where it is, else with at most three places.
    public static func number(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        var text = decimal(value, places: 3)
        guard text.contains(".") else { return text }
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }

    /// A fixed number of decimal places, rounded; `-` for what is not a number.
    public static func decimal(_ value: Double, places: Int = 1) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "-" }
        var scale: Int64 = 1
        for _ in 0..<places { scale *= 10 }
        let scaled = Int64((abs(value) * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        let zeros = String(repeating: "0", count: places - fraction.count)
        let sign = value < 0 && scaled > 0 ? "-" : ""
        return "\(sign)\(scaled / scale).\(zeros)\(fraction)"
    }

    static func rounded(_ value: Double) -> String {
        value.isFinite && abs(value) < 1e15 ? String(Int64(value.rounded())) : "-"
    }

    static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
