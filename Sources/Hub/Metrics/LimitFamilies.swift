import Fleet
import ResilienceWire

// What is told of the numbers that may be changed while a strategy runs.

extension MetricFamily {
    static let ofLimits: [MetricFamily] = [
        .strategies(
            "fusebox_limit", .gauge,
            "The present value of a limit, in its own unit: attempts, calls, ms, a share."
        ) { subject, samples in
            for limit in subject.limits { samples.add(limit.value, [("limit", limit.name)]) }
        },
        .strategies(
            "fusebox_limit_pinned", .gauge,
            "1 where an operator holds the limit, 0 where the strategy has it."
        ) { subject, samples in
            for limit in subject.limits {
                samples.add(limit.pinned ? 1 : 0, [("limit", limit.name)])
            }
        },
    ]
}

extension StrategySubject {
    /// An agent may name a limit twice; a sample of the same labels may not.
    fileprivate var limits: [LimitReading] {
        var seen: Set<String> = []
        return (live?.limits ?? []).filter { seen.insert($0.name).inserted }
    }
}
