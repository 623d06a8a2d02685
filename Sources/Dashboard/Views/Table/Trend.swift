import Fleet
import ResilienceWire
import Screen

/// The share of served calls over the last five minutes.
enum Trend {
    /// Points of equal length, oldest first. A point is `x` if most calls were rejected, because an
    /// open breaker must not look like a good rate.
    static func points(of members: [StrategyInstance], count: Int, at now: Int64) -> [Sparkline
        .Point]
    {
        let slots = Window.slotCount / max(1, count)
        var totals = [CallCounts](repeating: CallCounts(), count: count)
        for member in members {
            let series = member.strategy.window.series(slots * count, at: now)
            for (index, counters) in series.enumerated() {
                guard let counters else { continue }
                totals[index / slots].add(CallCounts(counters))
            }
        }
        return totals.map { total in
            guard let share = total.servedRate else { return .marker(.noData) }
            return total.rejected * 2 > total.wanted ? .marker(.rejected) : .value(share)
        }
    }
}
