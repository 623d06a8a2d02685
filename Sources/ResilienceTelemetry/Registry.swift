import Resilience
import ResilienceWire
import Synchronization

/// The monitored strategies of an agent and the events that wait to be sent.
final class Registry: Sendable {
    struct Entry {
        let facets: Facets
        let meter: Meter
        let kind: String
        let target: String?
        var sequence = 0
        var facetCounters = FacetCounters()
        /// When its counters were last taken.
        var taken: Instant
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var order: [String] = []
        var outbox = Outbox(capacity: 1_000)
        var wake: (@Sendable () -> Void)?
    }

    let options: Telemetry.Options
    private let state = Mutex(State())
    private let time = TimeSource.monotonic

    init(_ options: Telemetry.Options) {
        self.options = options
    }

    /// Calls `wake` after each event that is to be sent at once.
    func onEvent(_ wake: @escaping @Sendable () -> Void) {
        state.withLock { $0.wake = wake }
    }

    func add(_ wanted: String, target: String?, facets: Facets, _ meter: Meter) {
        let entry = Entry(
            facets: facets, meter: meter, kind: facets.kinds.joined(separator: "+"),
            target: target, taken: time.now)
        let name = state.withLock { state in
            let name = Self.free(wanted, in: state.entries)
            state.entries[name] = entry
            state.order.append(name)
            return name
        }
        post(.strategy(entry.declaration(name, allowsControl: options.allowsControl)))
        facets.breaker?.onTransition { [weak self] in
            self?.post(.breaker(BreakerChange(name, $0)))
        }
        for limit in facets.limits {
            limit.onChange { [weak self] in
                self?.post(.limit(LimitChange(name, limit.name, $0)))
            }
        }
    }

    /// How long a tap lasts where it does not say.
    static let tapMS: Int64 = 10_000
    /// A tap that nobody ends is over by then.
    static let longestTap = Duration.seconds(600)

    /// Posts a line for each call of a strategy as it ends, for a time, at most ``longestTap``.
    func tap(_ strategy: String, for duration: Duration) {
        guard let meter = state.withLock({ $0.entries[strategy]?.meter }) else { return }
        let end = time.now + min(duration, Self.longestTap)
        meter.tap { [weak self, weak meter] call in
            guard let self else { return }
            guard time.now < end else {
                meter?.tap(nil)
                return
            }
            post(.call(CallReport(strategy, call)))
        }
    }

    func facets(of strategy: String) -> Facets? {
        state.withLock { $0.entries[strategy]?.facets }
    }

    var names: [String] { state.withLock { $0.order } }

    /// Adds an event to those that wait, and wakes the link.
    func post(_ message: Message) {
        let wake = state.withLock { state in
            state.outbox.add(Line(message))
            return state.wake
        }
        wake?()
    }

    /// The events that wait, oldest first, with what was lost before them.
    func takeEvents() -> [Line] {
        state.withLock { $0.outbox.take() }
    }

    /// Every strategy with its full present state; told to each hub before anything else.
    func declarations() -> [Line] {
        let entries = state.withLock { state in
            state.order.compactMap { name in state.entries[name].map { (name, $0) } }
        }
        return entries.map { name, entry in
            Line(.strategy(entry.declaration(name, allowsControl: options.allowsControl)))
        }
    }

    /// What ended since the last time; strategies without anything ended or under way send nothing.
    func takeDeltas() -> [Line] {
        let now = time.now
        return state.withLock { state in
            state.order.compactMap { name in
                guard var entry = state.entries[name] else { return nil }
                let metrics = entry.meter.take()
                let gauges = entry.meter.gauges
                var counters = Counters(
                    metrics, gauges, includesMessages: options.sendsMessages)
                entry.facetCounters.take(entry.facets, into: &counters)
                guard
                    metrics.calls > 0 || metrics.attempts > 0 || gauges.inFlight > 0
                        || counters.idempotency?.isSparing == true
                else {
                    entry.taken = now
                    state.entries[name] = entry
                    return nil
                }
                entry.sequence += 1
                let span = (now - entry.taken).milliseconds
                entry.taken = now
                state.entries[name] = entry
                return Line(
                    .delta(
                        Delta(
                            strategy: name, sequence: entry.sequence, spanMS: max(1, span),
                            counters: counters)))
            }
        }
    }

    private static func free(_ wanted: String, in taken: [String: Entry]) -> String {
        let name = wanted.isEmpty ? "strategy" : WireLimits.cut(wanted, to: WireLimits.nameBytes)
        guard taken[name] != nil else { return name }
        let stem = WireLimits.cut(name, to: WireLimits.nameBytes - 8)
        return (2...).lazy.map { "\(stem)#\($0)" }.first { taken[$0] == nil } ?? name
    }
}
