import ResilienceWire

// Records as series of counters that go on beyond the instances that counted.
extension StrategyRecord {
    /// The same strategy of which nothing was counted yet.
    public var uncounted: StrategyRecord {
        var record = self
        record.total = Counters()
        record.total.facets = total.facets.map(\.uncounted)
        record.total.errors = total.errors.map { ErrorCount(type: $0.type, count: 0) }
        record.breaker?.version = 0
        record.gaps = 0
        record.window = Window()
        return record
    }

    /// The same, with these error types not counted yet.
    public func without(errorTypes types: Set<String>) -> StrategyRecord {
        guard !types.isEmpty else { return self }
        var record = self
        record.total.errors = total.errors.map {
            types.contains($0.type) ? ErrorCount(type: $0.type, count: 0) : $0
        }
        return record
    }

    /// What was counted alone: all else is of no use once the instance has ended.
    public var counts: StrategyRecord {
        var record = self
        record.limits = []
        record.window = Window()
        record.openings = nil
        record.total.messages = []
        return record
    }

    /// Adds what another instance counted, which has ended. Of the two the other says what the strategy is.
    public mutating func fold(_ ended: StrategyRecord) {
        var sum = ended
        sum.total.add(total)
        // Messages say nothing of a sum.
        sum.total.messages = []
        sum.gaps = bounded(gaps, ended.gaps)
        sum.breaker?.version = bounded(breaker?.version ?? 0, ended.breaker?.version ?? 0)
        sum.window = Window()
        self = sum
    }
}

extension CounterFacets {
    fileprivate var uncounted: CounterFacets { part { _ in 0 } }
}
