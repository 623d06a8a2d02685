public import ResilienceWire

/// The state of a strategy in one instance of an agent.
public struct StrategyRecord: Equatable, Sendable {
    /// The state of a circuit breaker, with absolute times.
    public struct Breaker: Equatable, Sendable {
        /// The present state.
        public internal(set) var state: BreakerState
        /// The number of state changes so far.
        public internal(set) var version: Int
        /// The reason for this state.
        public internal(set) var why: String
        /// The author of this state: the policy, an operator or the agent's code.
        public internal(set) var by: ResilienceWire.Author
        /// The start of this state in Unix milliseconds.
        public internal(set) var since: Int64
        /// The time of the next probe in Unix milliseconds; `nil` if the breaker will not probe by
        /// itself.
        public internal(set) var probeAt: Int64?
        /// The rule that trips the breaker, as text.
        public internal(set) var trip: String?
        /// The time that the breaker stays open before it probes, in milliseconds.
        public internal(set) var openMS: Int64?
        /// The number of concurrent probes that half-open admits.
        public internal(set) var halfOpenCalls: Int?
    }

    /// The state behind the record.
    struct State: Equatable, Sendable {
        var kind: String = ""
        var target: String?
        var can: [Action] = []
        var breaker: Breaker?
        var openings: Openings?
        var limits: [LimitReading] = []
        var sequence: Int = 0
        var gaps: Int = 0
        var window: Window = Window()
    }

    /// The strategy's name.
    public let name: String
    /// The state, as the only element: copies of a record share an array until one of them changes.
    private var shared = [State()]

    init(_ name: String) { self.name = name }

    /// The state of the breaker; `nil` if the strategy has none.
    var breakerState: BreakerState? { shared[0].breaker?.state }

    /// The call counts of the last `span` milliseconds, rounded to whole slots, without histograms.
    /// It is cheap enough to run for every strategy each second: a copy of the window would cost
    /// more than the rest.
    public func calls(last span: Int64, at now: Int64) -> CallCounts {
        let earliest = Window.earliest(last: span, at: now)
        var counts =
            shared[0].window.minuteStart == earliest
            ? shared[0].window.minute : shared[0].window.past.calls(from: earliest)
        if let start = shared[0].window.presentStart, start >= earliest {
            counts.ok = bounded(counts.ok, shared[0].window.fresh.ok)
            counts.failed = bounded(counts.failed, shared[0].window.fresh.failed)
            counts.rejected = bounded(counts.rejected, shared[0].window.fresh.rejected)
            counts.attempts = bounded(counts.attempts, shared[0].window.fresh.attempts)
            if shared[0].window.isRestored {
                counts.add(CallCounts(shared[0].window.restored))
            }
        }
        return counts
    }

    /// The number of window slots that start at `earliest` or later, without unpacking them.
    func usedSlots(from earliest: Int64) -> Int {
        let isPresent = shared[0].window.presentStart.map { $0 >= earliest } ?? false
        let past =
            earliest == .min
            ? shared[0].window.past.count : shared[0].window.past.count(from: earliest)
        return past + (isPresent ? 1 : 0)
    }

    /// Whether calls of the last `span` milliseconds may have failed, been rejected or been retried.
    func isTroubled(last span: Int64, at now: Int64) -> Bool {
        shared[0].window.isTroubled(last: span, at: now)
    }

    /// Whether the breaker has opened in a time that its openings cover.
    var hasOpened: Bool { shared[0].openings != nil }

    /// The remaining share of the retry budget, 0 to 1; `nil` without one.
    public var budget: Double? {
        shared[0].window.fresh.budget?.remaining ?? shared[0].window.settled.budget?.remaining
    }

    /// The age of the oldest call in flight, in milliseconds; `nil` without any.
    public var oldestMS: Int64? {
        shared[0].window.hasFresh
            ? shared[0].window.fresh.oldestInFlightMS : shared[0].window.settled.oldestInFlightMS
    }

    /// The calls in flight.
    public var inFlight: Int {
        shared[0].window.hasFresh
            ? shared[0].window.fresh.inFlight : shared[0].window.settled.inFlight
    }

    /// The calls in flight that wait for their next attempt.
    public var waiting: Int {
        shared[0].window.hasFresh
            ? shared[0].window.fresh.waiting : shared[0].window.settled.waiting
    }

    /// The layers of the strategy, outermost first, joined by `+`.
    public internal(set) var kind: String {
        _read { yield shared[0].kind }
        _modify { yield &shared[0].kind }
    }
    /// The target that the strategy calls; `nil` if unknown.
    public internal(set) var target: String? {
        _read { yield shared[0].target }
        _modify { yield &shared[0].target }
    }
    /// The operator actions that the strategy supports.
    public internal(set) var can: [Action] {
        _read { yield shared[0].can }
        _modify { yield &shared[0].can }
    }
    /// The circuit breaker; `nil` if the strategy has none.
    public internal(set) var breaker: Breaker? {
        _read { yield shared[0].breaker }
        _modify { yield &shared[0].breaker }
    }
    /// The breaker's openings in the last five minutes; `nil` if it never opened.
    public internal(set) var openings: Openings? {
        _read { yield shared[0].openings }
        _modify { yield &shared[0].openings }
    }
    /// The limits: all numbers that can be changed at run time.
    public internal(set) var limits: [LimitReading] {
        _read { yield shared[0].limits }
        _modify { yield &shared[0].limits }
    }
    /// The sequence number of the last delta.
    public internal(set) var sequence: Int {
        _read { yield shared[0].sequence }
        _modify { yield &shared[0].sequence }
    }
    /// The number of deltas that did not arrive.
    public internal(set) var gaps: Int {
        _read { yield shared[0].gaps }
        _modify { yield &shared[0].gaps }
    }
    /// The counters since the start, and the gauges of calls in flight.
    public internal(set) var total: Counters {
        get { shared[0].window.total }
        set { shared[0].window.total = newValue }
    }
    /// The counters of the last five minutes.
    public internal(set) var window: Window {
        _read { yield shared[0].window }
        _modify { yield &shared[0].window }
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

    /// The start of flapping in Unix milliseconds; `nil` if the breaker is not flapping, is forced
    /// open or is disabled.
    public func flappingSince(at now: Int64) -> Int64? {
        switch breaker?.state {
        case .closed, .open, .halfOpen: openings?.flappingSince(at: now)
        case .forcedOpen, .disabled, nil: nil
        }
    }

    /// The share of the last five minutes for which the breaker was open, 0 to 1. Time forced open
    /// does not count.
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
    /// The age of the oldest call in flight, in milliseconds; `nil` without any.
    fileprivate var oldestInFlightMS: Int64? { inFlight > 0 ? oldestMS : nil }

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
