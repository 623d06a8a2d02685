import Resilience
import ResilienceWire

// Conversions from the library's values to the wire.

extension Counters {
    init(_ metrics: RetryMetrics, _ gauges: Meter.Gauges, includesMessages: Bool) {
        self.init()
        ok = metrics.ok
        failed = metrics.failed
        rejected = metrics.rejected
        cancelled = metrics.cancelled
        attempts = metrics.attempts
        retries = metrics.retries.sorted { $0.key < $1.key }
            .map { RetryCount(retries: $0.key, calls: $0.value) }
        errors = metrics.errors.sorted { $0.key < $1.key }
            .map { ErrorCount(type: WireLimits.name($0.key), count: $0.value) }
        latency = metrics.latency.filled.map { LatencyCount(bucket: $0.bucket, count: $0.count) }
        retryMS = metrics.retryTime.milliseconds
        inFlight = gauges.inFlight
        waiting = min(gauges.waiting, gauges.inFlight)
        oldestMS = gauges.oldest.milliseconds
        guard includesMessages else { return }
        messages = metrics.messages.sorted { $0.key < $1.key }.map {
            ErrorMessage(
                type: WireLimits.name($0.key),
                text: WireLimits.cut($0.value, to: WireLimits.messageBytes))
        }
    }
}

extension IdempotencyCounters {
    /// Whether some requests were answered without an execution.
    var isSparing: Bool { shared > 0 || replayed > 0 }
}

extension Registry.Entry {
    func declaration(_ name: String, allowsControl: Bool) -> StrategyDeclaration {
        var can: [Action] = []
        if allowsControl, !isRetired {
            if facets.breaker != nil { can += [.open, .reset, .halfOpen, .disable, .enable] }
            if !facets.limits.isEmpty { can.append(.setLimit) }
            can.append(.tap)
        }
        return StrategyDeclaration(
            strategy: name, kind: kind, target: target, can: can,
            breaker: isRetired ? nil : facets.breaker.map(BreakerReading.init),
            limits: isRetired ? [] : facets.limits.map(LimitReading.init))
    }
}

extension CallReport {
    init(_ strategy: String, _ call: EndedCall) {
        let end: End =
            switch call.end {
            case .ok: .ok
            case .failed: .failed
            case .rejected: .rejected
            case .cancelled: .cancelled
            }
        self.init(
            strategy: strategy, end: end, attempts: min(call.attempts, WireLimits.retries),
            microseconds: call.took.nanoseconds / 1_000,
            errors: call.errors.prefix(100).map(WireLimits.name), tap: true)
    }
}

extension BreakerReading {
    init(_ breaker: CircuitBreaker) {
        let snapshot = breaker.snapshot
        self.init(
            state: BreakerState(snapshot.state), version: snapshot.version, why: snapshot.why,
            by: Author(snapshot.by), sinceMS: snapshot.since.milliseconds,
            probeInMS: snapshot.probeIn?.milliseconds,
            trip: breaker.trip,
            openMS: Int64(breaker.openMilliseconds.value),
            halfOpenCalls: breaker.policy.halfOpenCalls)
    }
}

extension LimitReading {
    init(_ limit: Limit) {
        let reading = limit.reading
        self.init(
            name: limit.name, value: reading.value, min: limit.bounds.lowerBound,
            max: limit.bounds.upperBound, unit: limit.unit, by: Author(reading.by),
            pinned: reading.pinned, why: limit.why)
    }
}

extension BreakerChange {
    init(_ strategy: String, _ transition: CircuitBreaker.Transition) {
        self.init(
            strategy: strategy, version: transition.version,
            from: BreakerState(transition.from), to: BreakerState(transition.to),
            by: Author(transition.by), why: transition.why,
            probeInMS: transition.probeIn?.milliseconds)
    }
}

extension LimitChange {
    init(_ strategy: String, _ name: String, _ change: Limit.Change) {
        self.init(
            strategy: strategy, name: name, was: change.was, value: change.now.value,
            by: Author(change.now.by), pinned: change.now.pinned, why: change.why)
    }
}

extension BreakerState {
    init(_ state: CircuitBreaker.State) {
        switch state {
        case .closed: self = .closed
        case .open: self = .open
        case .halfOpen: self = .halfOpen
        case .forcedOpen: self = .forcedOpen
        case .disabled: self = .disabled
        }
    }
}

extension ResilienceWire.Author {
    init(_ author: Resilience.Author) {
        switch author {
        case .policy: self = .policy
        case .adaptive: self = .adaptive
        case .operator: self = .operator
        case .agent: self = .agent
        }
    }
}
