import Fleet
import ResilienceWire

// Metrics of the limits that operators may change while a strategy runs.

extension MetricFamily {
    static let ofLimits: [MetricFamily] = [
        .strategies(
            "fusebox_limit", .gauge,
            "Present value of a limit in its own unit: attempts, calls, ms or a share."
        ) { subject, samples in
            for limit in subject.limits { samples.add(limit.value, [("limit", limit.name)]) }
        },
        .strategies(
            "fusebox_limit_pinned", .gauge,
            "1 if an operator pinned the limit, 0 if the strategy controls it."
        ) { subject, samples in
            for limit in subject.limits {
                samples.add(limit.pinned ? 1 : 0, [("limit", limit.name)])
            }
        },
    ]
}

extension StrategySubject {
    /// The limits without duplicates: an agent may send a name twice, but labels must be unique.
    fileprivate var limits: [LimitReading] {
        var seen: Set<String> = []
        return (live?.limits ?? []).filter { seen.insert($0.name).inserted }
    }
}
