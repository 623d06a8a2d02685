public import ResilienceWire

/// What is known of a strategy in one running instance of an agent.
public struct StrategyRecord: Equatable, Sendable {
    /// A breaker as it is, with absolute times.
    public struct Breaker: Equatable, Sendable {
        /// The present state.
        public internal(set) var state: BreakerState
        /// How many state changes there were.
        public internal(set) var version: Int
        /// Why it is in this state.
        public internal(set) var why: String
        /// Who brought it into this state.
        public internal(set) var by: ResilienceWire.Author
        /// Unix milliseconds since which it is in this state.
        public internal(set) var since: Int64
        /// Unix milliseconds at which it probes; `nil` where it will not by itself.
        public internal(set) var probeAt: Int64?
        /// The rule that trips it, in words.
        public internal(set) var trip: String?
        /// How long it stays open before it probes, in milliseconds.
        public internal(set) var openMS: Int64?
        /// How many probes half-open admits at once.
        public internal(set) var halfOpenCalls: Int?
    }

    /// The strategy's name.
    public let name: String
    /// Its layers, outermost first, joined by `+`.
    public internal(set) var kind: String
    /// What it calls; `nil` where unknown.
    public internal(set) var target: String?
    /// The operator actions that it understands.
    public internal(set) var can: [Action]
    /// Its breaker; `nil` where it has none.
    public internal(set) var breaker: Breaker?
    /// How often the breaker opened of late; `nil` where it did not.
    public internal(set) var openings: Openings?
    /// Every number that may be changed while it runs.
    public internal(set) var limits: [LimitReading]
    /// The number of the last delta.
    public internal(set) var sequence = 0
    /// Deltas that did not arrive.
    public internal(set) var gaps = 0
    /// Everything since the start, and the calls under way.
    public internal(set) var total = Counters()
    /// The last five minutes.
    public internal(set) var window = Window()

    init(_ name: String) {
        self.name = name
        kind = ""
        can = []
        limits = []
    }

    mutating func declare(_ declaration: StrategyDeclaration, at: Int64) {
        kind = declaration.kind
        target = declaration.target
        can = declaration.can
        limits = declaration.limits
        let before = breaker
        breaker = declaration.breaker.map {
            Breaker(
                state: $0.state, version: $0.version, why: $0.why, by: $0.by,
                // However long it claims to have been so: not since before 1970.
                since: max(0, at - $0.sinceMS), probeAt: $0.probeInMS.map { at + $0 },
                trip: $0.trip,
                openMS: $0.openMS, halfOpenCalls: $0.halfOpenCalls)
        }
        if let reading = declaration.openings {
            openings = Openings(reading, at: at)
        } else if let before, before.state == .open, let breaker, breaker.state != .open {
            // It closed while it was not connected.
            openings?.wasOpen(from: before.since, to: breaker.since)
        }
    }

    /// Whether it changed the state: a change from before the present one does not.
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

    /// Unix milliseconds since which the breaker is flapping; `nil` where it is not, or where an operator
    /// holds it.
    public func flappingSince(at now: Int64) -> Int64? {
        switch breaker?.state {
        case .closed, .open, .halfOpen: openings?.flappingSince(at: now)
        case .forcedOpen, .disabled, nil: nil
        }
    }

    /// The share of the last five minutes for which the breaker was open by its own rule, 0 to 1.
    public func openShare(at now: Int64) -> Double {
        let since = breaker.flatMap { $0.state == .open ? $0.since : nil }
        return openings?.openShare(at: now, openSince: since) ?? 0
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
        total.add(delta.counters)
        window.add(delta.counters, span: delta.spanMS, at: at)
    }

    mutating func count(_ call: CallReport, at: Int64) {
        guard !call.tap else { return }
        var counters = Counters(call)
        counters.takeGauges(of: total)
        total.add(counters)
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
    /// One call as a delta of one.
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
