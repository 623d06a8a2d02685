package import ResilienceWire

// What lines change in a record, and the line that declares it.

extension StrategyRecord {
    mutating func declare(_ declaration: StrategyDeclaration, at: Int64) {
        kind = declaration.kind
        target = declaration.target
        can = declaration.can
        limits = declaration.limits
        let before = breaker
        breaker = declaration.breaker.map {
            Breaker(
                state: $0.state, version: $0.version, why: $0.why, by: $0.by,
                // `sinceMS` is untrusted input: keep the time at or after 1970.
                since: max(0, at - $0.sinceMS), probeAt: $0.probeInMS.map { at + $0 },
                trip: $0.trip,
                openMS: $0.openMS, halfOpenCalls: $0.halfOpenCalls)
        }
        if let reading = declaration.openings {
            openings = Openings(reading, at: at)
        } else if let before, before.state == .open, let breaker, breaker.state != .open {
            // The breaker closed while the agent was not connected.
            openings?.wasOpen(from: before.since, to: breaker.since)
        }
    }

    /// Applies a state change. Returns `false` for a change whose version is not newer than the
    /// known one.
    mutating func change(_ change: BreakerChange, at: Int64) -> Bool {
        guard change.version > breaker?.version ?? -1 else { return false }
        var next =
            breaker
            ?? Breaker(
                state: change.to, version: change.version, why: change.why, by: change.by,
                since: at)
        count(change, at: at)
        next.state = change.to
        next.version = change.version
        next.why = change.why
        next.by = change.by
        next.since = at
        next.probeAt = change.probeInMS.map { at + $0 }
        breaker = next
        return true
    }

    private mutating func count(_ change: BreakerChange, at: Int64) {
        if let breaker, breaker.state == .open { openings?.wasOpen(from: breaker.since, to: at) }
        guard change.from == .closed, change.to == .open, change.by == .policy else { return }
        if openings == nil { openings = Openings(at: at) } else { openings?.open(at: at) }
    }

    mutating func change(_ change: LimitChange) {
        guard let index = limits.firstIndex(where: { $0.name == change.name }) else { return }
        limits[index].value = change.value
        limits[index].by = change.by
        limits[index].pinned = change.pinned
        limits[index].why = change.why
    }

    mutating func count(_ delta: Delta, at: Int64) {
        if sequence > 0, delta.sequence > sequence + delta.summed {
            gaps = bounded(gaps, delta.sequence - sequence - delta.summed)
        }
        sequence = max(sequence, delta.sequence)
        window.add(delta.counters, span: delta.spanMS, at: at)
    }

    mutating func count(_ call: CallReport, at: Int64) {
        guard !call.tap else { return }
        var counters = Counters(call)
        counters.takeGauges(of: window.latest)
        window.add(counters, span: 0, at: at)
    }

    func declaration(at: Int64) -> StrategyDeclaration {
        StrategyDeclaration(
            strategy: name, kind: kind, target: target, can: can,
            breaker: breaker.map {
                BreakerReading(
                    state: $0.state, version: $0.version, why: $0.why, by: $0.by,
                    sinceMS: max(0, at - $0.since), probeInMS: $0.probeAt.map { max(0, $0 - at) },
                    trip: $0.trip, openMS: $0.openMS, halfOpenCalls: $0.halfOpenCalls)
            },
            limits: limits, openings: openings?.reading(at: at))
    }
}

extension Counters {
    /// Creates the counters of a single call.
    package init(_ call: CallReport) {
        self.init()
        attempts = call.attempts
        var byType: [String: Int] = [:]
        for type in call.errors { byType[type, default: 0] += 1 }
        errors = byType.sorted { $0.key < $1.key }.map { ErrorCount(type: $0.key, count: $0.value) }
        switch call.end {
        case .ok: ok = 1
        case .failed: failed = 1
        case .rejected: rejected = 1
        case .cancelled: cancelled = 1
        }
        switch call.from {
        case .fallback: fallback = FallbackCounters(used: 1, cached: 0)
        case .cache: fallback = FallbackCounters(used: 0, cached: 1)
        case nil: break
        }
        guard ran > 0 else { return }
        retries = [RetryCount(retries: max(0, call.attempts - 1), calls: 1)]
        let bucket = LatencyBucket.index(microseconds: Double(call.microseconds))
        latency = [LatencyCount(bucket: bucket, count: 1)]
    }
}
