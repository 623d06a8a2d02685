import Fleet
import Foundation
import ResilienceWire

/// Numbers and states as people read them.
enum Words {
    /// `12ms`, `4s`, `3m10s`, `2h05m`, `3d4h`.
    static func duration(_ milliseconds: Int64) -> String { InWords.duration(milliseconds) }

    /// How long a call or an answer took: `840us`, `12.4ms`, `1.2s`.
    static func latency(microseconds: Double) -> String {
        InWords.latency(microseconds: microseconds)
    }

    /// A limit's value: whole where it is, else with at most three places.
    static func number(_ value: Double) -> String { InWords.number(value) }

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
        return "\(name) \(InWords.countdown(probe - at))"
    }
}
