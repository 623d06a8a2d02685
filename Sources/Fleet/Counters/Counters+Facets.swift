import ResilienceWire

// Sums of facets over two periods or two instances. A facet of the later period keeps its own
// gauges and adds the earlier counts.
extension CounterFacets {
    mutating func add(_ later: CounterFacets) {
        bulkhead = later.bulkhead.map { $0.counting(bulkhead) } ?? bulkhead
        hedge = later.hedge.map { $0.counting(hedge) } ?? hedge
        fallback = later.fallback.map { $0.counting(fallback) } ?? fallback
        budget = later.budget.map { $0.counting(budget) } ?? budget
        idempotency = later.idempotency.map { $0.counting(idempotency) } ?? idempotency
        batch = later.batch.map { $0.counting(batch) } ?? batch
    }

    /// Sets the gauges to the sum over two instances; of the retry budgets, to the smaller one.
    mutating func takeGauges(_ one: CounterFacets, _ other: CounterFacets) {
        if let a = one.bulkhead, let b = other.bulkhead {
            bulkhead?.active = bounded(a.active, b.active)
            bulkhead?.queued = bounded(a.queued, b.queued)
        }
        if let a = one.budget, let b = other.budget {
            budget?.remaining = min(a.remaining, b.remaining)
        }
    }

    /// The facets with each count reduced by `share`; the gauges stay.
    func part(_ share: (Int) -> Int) -> CounterFacets {
        var part = CounterFacets()
        part.bulkhead = bulkhead.map {
            BulkheadCounters(active: $0.active, queued: $0.queued, rejected: share($0.rejected))
        }
        part.hedge = hedge.map { HedgeCounters(launched: share($0.launched), won: share($0.won)) }
        part.fallback = fallback.map {
            FallbackCounters(
                used: share($0.used), cached: share($0.cached),
                oldestAgeMS: share($0.cached) > 0 ? $0.oldestAgeMS : nil)
        }
        part.budget = budget.map {
            BudgetCounters(remaining: $0.remaining, denied: share($0.denied))
        }
        part.idempotency = idempotency.map {
            IdempotencyCounters(
                executed: share($0.executed), shared: share($0.shared),
                replayed: share($0.replayed))
        }
        part.batch = batch.map {
            BatchCounters(
                items: share($0.items), failed: share($0.failed), partial: share($0.partial))
        }
        return part
    }
}

extension BulkheadCounters {
    fileprivate func counting(_ earlier: Self?) -> Self {
        BulkheadCounters(
            active: active, queued: queued, rejected: bounded(rejected, earlier?.rejected ?? 0))
    }
}

extension HedgeCounters {
    fileprivate func counting(_ earlier: Self?) -> Self {
        HedgeCounters(
            launched: bounded(launched, earlier?.launched ?? 0),
            won: bounded(won, earlier?.won ?? 0))
    }
}

extension FallbackCounters {
    fileprivate func counting(_ earlier: Self?) -> Self {
        FallbackCounters(
            used: bounded(used, earlier?.used ?? 0), cached: bounded(cached, earlier?.cached ?? 0),
            oldestAgeMS: [oldestAgeMS, earlier?.oldestAgeMS].compactMap(\.self).max())
    }
}

extension BudgetCounters {
    fileprivate func counting(_ earlier: Self?) -> Self {
        BudgetCounters(remaining: remaining, denied: bounded(denied, earlier?.denied ?? 0))
    }
}

extension IdempotencyCounters {
    fileprivate func counting(_ earlier: Self?) -> Self {
        IdempotencyCounters(
            executed: bounded(executed, earlier?.executed ?? 0),
            shared: bounded(shared, earlier?.shared ?? 0),
            replayed: bounded(replayed, earlier?.replayed ?? 0))
    }
}

extension BatchCounters {
    fileprivate func counting(_ earlier: Self?) -> Self {
        BatchCounters(
            items: bounded(items, earlier?.items ?? 0),
            failed: bounded(failed, earlier?.failed ?? 0),
            partial: bounded(partial, earlier?.partial ?? 0))
    }
}
