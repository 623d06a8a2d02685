import Fleet
import Foundation
import ResilienceWire

/// Numbers and states as people read them.
enum Words {
    /// `12ms`, `4s`, `3m10s`, `2h05m`.
    static func duration(_ milliseconds: Int64) -> String {
        let seconds = milliseconds / 1_000
        return switch milliseconds {
        case ..<1_000: "\(milliseconds)ms"
        case ..<60_000: "\(seconds)s"
        case ..<3_600_000:
            seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds / 60)m\(seconds % 60)s"
        default: "\(seconds / 3_600)h\(String(format: "%02d", seconds / 60 % 60))m"
        }
    }

    /// A whole number without a fraction.
    static func number(_ value: Double) -> String {
        value.rounded() == value && abs(value) < 1e15
            ? String(Int64(value)) : String(format: "%g", value)
    }

    /// `31.5 %`, or `1/2` where there are fewer than ten calls, or `-` without any.
    static func served(_ counters: Counters) -> String {
        guard let rate = counters.servedRate else { return "-" }
        if counters.wanted < 10 { return "\(counters.ok)/\(counters.wanted)" }
        return String(format: rate > 0.995 && rate < 1 ? "%.2f%%" : "%.1f%%", rate * 100)
    }

    /// A breaker's state with its time: `open 22s`, `forced open 14m`.
    static func state(_ breaker: StrategyRecord.Breaker?, at: Int64) -> String {
        guard let breaker else { return "-" }
        let name = breaker.state.rawValue.replacing("_", with: " ")
        guard let probe = breaker.probeAt else { return name }
        return "\(name) \(duration(max(0, probe - at)))"
    }
}
