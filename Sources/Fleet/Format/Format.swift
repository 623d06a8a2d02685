/// Formats durations, rates, shares, counts and states, so that all screens, tables and messages
/// agree.
public enum Format {
    /// A duration in whole seconds, or in milliseconds below one second: `12ms`, `4s`, `3m10s`,
    /// `2h05m`, `3d4h`.
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

    /// The remaining time in short form: `0s`, `22s`, `14m`, `2h05m`.
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

    /// An elapsed time in the form of ``countdown(_:)``, but rounded down.
    public static func age(_ milliseconds: Int64) -> String {
        countdown(max(0, milliseconds) / 1_000 * 1_000)
    }

    /// A latency: `840us`, `12.4ms`, `310ms`, `1.2s`, `48s`.
    public static func latency(microseconds: Double) -> String {
        switch microseconds {
        case ..<999.5: "\(rounded(microseconds))us"
        case ..<99_950: "\(decimal(microseconds / 1_000))ms"
        case ..<999_500: "\(rounded(microseconds / 1_000))ms"
        case ..<9_950_000: "\(decimal(microseconds / 1_000_000))s"
        default: "\(rounded(microseconds / 1_000_000))s"
        }
    }

    /// The value of a limit, with at most three decimal places and no trailing zeros.
    public static func number(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        var text = decimal(value, places: 3)
        guard text.contains(".") else { return text }
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }

    /// A number rounded to a fixed number of decimal places; `-` if it is not finite or its
    /// magnitude is 10^15 or more.
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

    private static func rounded(_ value: Double) -> String {
        value.isFinite && abs(value) < 1e15 ? String(Int64(value.rounded())) : "-"
    }

    static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
