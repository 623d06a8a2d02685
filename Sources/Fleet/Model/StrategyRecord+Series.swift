import ResilienceWire

// Records as counter series that continue after an instance has ended.
extension StrategyRecord {
    /// A copy of the record with all counts zero.
    public var uncounted: StrategyRecord {
        var record = self
        record.total = Counters()
        record.total.facets = total.facets.map(\.uncounted)
        record.total.errors = total.errors.map { ErrorCount(type: $0.type, count: 0) }
        record.breaker?.version = 0
        record.gaps = 0
        record.window.forget()
        return record
    }

    /// A copy of the record in which the counts of these error types are zero.
    public func without(errorTypes types: Set<String>) -> StrategyRecord {
        guard !types.isEmpty else { return self }
        var record = self
        record.total.errors = total.errors.map {
            types.contains($0.type) ? ErrorCount(type: $0.type, count: 0) : $0
        }
        return record
    }

    /// A copy of the record with its counts, without limits, window, openings and messages, which
    /// are of no use after the instance has ended.
    public var counts: StrategyRecord {
        var record = self
        record.limits = []
        record.window.forget()
        record.openings = nil
        record.total.messages = []
        return record
    }

    /// Adds the counts of another instance that has ended. Kind, target and breaker are taken from
    /// that instance.
    public mutating func fold(_ ended: StrategyRecord) {
        var sum = ended
        sum.total.add(total)
        // Error messages have no meaning for a sum.
        sum.total.messages = []
        sum.gaps = bounded(gaps, ended.gaps)
        sum.breaker?.version = bounded(breaker?.version ?? 0, ended.breaker?.version ?? 0)
        sum.window.forget()
        self = sum
    }
}

extension CounterFacets {
    fileprivate var uncounted: CounterFacets { part { _ in 0 } }
}
