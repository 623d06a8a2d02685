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
}

extension Counters {
    /// The age of the oldest call in flight, in milliseconds; `nil` without any.
    fileprivate var oldestInFlightMS: Int64? { inFlight > 0 ? oldestMS : nil }
}
