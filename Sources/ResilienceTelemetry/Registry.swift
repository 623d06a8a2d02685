import Resilience
import ResilienceWire
import Sockets
import Synchronization

/// The monitored strategies of an agent, and the events that wait to be sent.
final class Registry: Sendable {
    struct Entry {
        let facets: Facets
        let meter: Meter
        let kind: String
        let target: String?
        var sequence = 0
        var facetCounters = FacetCounters()
        /// When the strategy's counters were last read.
        var taken: Instant
        /// Whether the strategy was removed. Its name is then reserved until the same key comes
        /// again.
        var isRetired = false
        /// Counters of earlier strategies of the same name that no delta has included yet.
        var carried = RetryMetrics()
        var observations: [Observation] = []
    }

    /// The maximum number of keyed strategies that are shown; the first keys are shown. A hub keeps
    /// names while the agent is up, and accepts 2,000.
    static let keyedNameLimit = 1_000

    fileprivate struct State {
        var entries: [String: Entry] = [:]
        var order: [String] = []
        var keyedNames = 0
        /// Keyed strategies that were removed or came back since their last declaration. They are
        /// declared with the next counters, because keys may come and go with every call.
        var undeclared: Set<String> = []
        var outbox = Outbox(capacity: 1_000)
        var orders: OrdersInForce
        var wake: (@Sendable () -> Void)?
    }

    let options: Telemetry.Options
    private let state: Mutex<State>
    private let time = TimeSource.monotonic

    /// - Parameter agent: the agent's name as it is sent.
    init(_ options: Telemetry.Options, agent: String) {
        self.options = options
        var orders = OrdersInForce(for: agent)
        if options.allowsControl, let file = options.places.orders() {
            _ = orders.take(file, now: WallClock.milliseconds)
        }
        state = Mutex(State(orders: orders))
    }

    /// The revision of the orders file that was read; `nil` if there was none.
    var ordersRevision: String? { state.withLock { $0.orders.revision } }

    /// Takes the orders of a newer file, for strategies that are created from now on. Releases
    /// orders that have ended since the file that was read before.
    func take(_ file: OrdersFile.Contents) {
        let ended = state.withLock { $0.orders.take(file, now: WallClock.milliseconds) }
        for applied in ended { _ = facets(of: applied.strategy)?.carryOut(applied.release) }
    }

    /// Carries out an operator's command, which replaces an order of the file.
    func carryOut(_ command: AgentCommand, at facets: Facets) -> Ack.Answer {
        let answer = facets.carryOut(command.order, ifVersion: command.ifVersion)
        if case .ok = answer {
            state.withLock { $0.orders.command(command.order, to: command.strategy) }
        }
        return answer
    }

    /// Applies the orders that hold to a new strategy, before its first call.
    ///
    /// - Returns: the answers for the hub.
    private func begin(_ name: String, _ facets: Facets) -> [AgentMessage] {
        guard options.allowsControl else { return [] }
        let orders = state.withLock { $0.orders.orders(for: name) }
        guard !orders.isEmpty else { return [] }
        let now = WallClock.milliseconds
        return orders.compactMap { order in
            guard let answer = facets.begin(under: order, now: now) else { return nil }
            if case .ok = answer { state.withLock { $0.orders.apply(order, to: name) } }
            return .ack(Ack(id: order.id, answer, strategy: name))
        }
    }

    /// Sets a closure that is called after each event that should be sent at once.
    func onEvent(_ wake: @escaping @Sendable () -> Void) {
        state.withLock { $0.wake = wake }
    }

    func add(_ wanted: String, target: String?, facets: Facets, _ meter: Meter) {
        let entry = Entry(facets, meter, target: target, at: time.now)
        declare(state.withLock { $0.add(wanted, entry) }, entry)
    }

    /// Brings a new strategy under the orders that hold, and posts its declaration.
    private func declare(_ name: String, _ entry: Entry) {
        let answers = begin(name, entry.facets)
        post(.strategy(entry.declaration(name, allowsControl: options.allowsControl)))
        for answer in answers { post(answer) }
        observe(name, entry.facets)
    }

    /// Adds the strategy of a key.
    ///
    /// - Parameter known: the name of an earlier strategy of the same key, which the new one takes
    ///   over.
    /// - Returns: the strategy's name; `nil` if too many keyed strategies are shown already.
    func addKeyed(
        _ wanted: String, known: String?, target: String?, facets: Facets, _ meter: Meter
    ) -> String? {
        let entry = Entry(facets, meter, target: target, at: time.now)
        if let known {
            state.withLock { $0.replace(known, by: entry) }
            let answers = begin(known, facets)
            observe(known, facets)
            for answer in answers { post(answer, of: known) }
            return known
        }
        let name = state.withLock { state -> String? in
            guard state.keyedNames < Self.keyedNameLimit else { return nil }
            state.keyedNames += 1
            return state.add(wanted, entry)
        }
        guard let name else { return nil }
        declare(name, entry)
        return name
    }

    /// Marks a strategy as removed. It has no state any more and takes no orders. Its calls in
    /// progress are still counted until its key comes again.
    func retire(_ name: String) {
        let observations = state.withLock { state in
            state.entries[name]?.isRetired = true
            state.undeclared.insert(name)
            let observations = state.entries[name]?.observations ?? []
            state.entries[name]?.observations = []
            return observations
        }
        for observation in observations { observation.cancel() }
    }

    private func observe(_ name: String, _ facets: Facets) {
        var observations: [Observation] = []
        if let breaker = facets.breaker {
            observations.append(
                breaker.onTransition { [weak self] in
                    self?.post(.breaker(BreakerChange(name, $0)), of: name)
                })
        }
        for limit in facets.limits {
            observations.append(
                limit.onChange { [weak self] in
                    self?.post(.limit(LimitChange(name, limit.name, $0)), of: name)
                })
        }
        state.withLock { [observations] in $0.entries[name]?.observations = observations }
    }

    /// Posts a change of a strategy, after a declaration if one is due. The declaration must come
    /// first because the versions of a new breaker begin again.
    private func post(_ change: AgentMessage, of name: String) {
        let isUndeclared = state.withLock { $0.undeclared.remove(name) != nil }
        if isUndeclared, let entry = state.withLock({ $0.entries[name] }) {
            post(.strategy(entry.declaration(name, allowsControl: options.allowsControl)))
        }
        post(change)
    }

    /// The duration of a tap that gives none, in milliseconds.
    static let tapMS: Int64 = 10_000
    /// The maximum duration of a tap.
    static let longestTap = Duration.seconds(600)

    /// Posts a line for each call of a strategy when it ends, for a duration of at most
    /// ``longestTap``.
    func tap(_ strategy: String, for duration: Duration) {
        guard let meter = state.withLock({ $0.active(strategy)?.meter }) else { return }
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
        state.withLock { $0.active(strategy)?.facets }
    }

    var names: [String] {
        state.withLock { state in state.order.filter { state.active($0) != nil } }
    }

    /// Adds an event to the queue and wakes the link.
    func post(_ message: AgentMessage) {
        let wake = state.withLock { state in
            state.outbox.add(message)
            return state.wake
        }
        wake?()
    }

    /// Removes and returns the waiting events, oldest first, after the number of lost events if
    /// there are any.
    func takeEvents() -> [AgentMessage] {
        state.withLock { $0.outbox.take() }
    }

    /// Returns the full present state of every strategy. The link sends it first to each hub.
    func declarations() -> [AgentMessage] {
        let entries = state.withLock { state in
            state.undeclared = []
            return state.order.compactMap { name in state.entries[name].map { (name, $0) } }
        }
        return entries.map { name, entry in
            AgentMessage.strategy(entry.declaration(name, allowsControl: options.allowsControl))
        }
    }

    /// Returns the counters since the last call. Strategies without ended calls and without calls
    /// in progress are left out.
    func takeDeltas() -> [AgentMessage] {
        let now = time.now
        let (changed, deltas) = state.withLock { state in
            let changed = state.undeclared.sorted().compactMap { name in
                state.entries[name].map { (name, $0) }
            }
            state.undeclared = []
            let deltas = state.order.compactMap { name in
                state.takeDelta(name, at: now, includesMessages: options.sendsMessages)
            }
            return (changed, deltas)
        }
        let declarations = changed.map { name, entry in
            AgentMessage.strategy(entry.declaration(name, allowsControl: options.allowsControl))
        }
        return declarations + deltas
    }
}

extension Registry.Entry {
    fileprivate init(_ facets: Facets, _ meter: Meter, target: String?, at now: Instant) {
        self.init(
            facets: facets, meter: meter, kind: facets.kinds.joined(separator: "+"),
            target: target, taken: now)
    }
}

extension Registry.State {
    /// Adds a strategy under the wanted name, or under a similar free name if that is taken.
    fileprivate mutating func add(_ wanted: String, _ entry: Registry.Entry) -> String {
        let name = Self.free(wanted, in: entries)
        entries[name] = entry
        order.append(name)
        return name
    }

    /// Replaces a removed strategy and keeps the counters of the removed one.
    fileprivate mutating func replace(_ name: String, by entry: Registry.Entry) {
        var entry = entry
        if var gone = entries[name] {
            gone.carried.merge(gone.meter.take())
            gone.facetCounters.replaced(gone.facets)
            entry.carried = gone.carried
            entry.facetCounters = gone.facetCounters
            entry.sequence = gone.sequence
            entry.taken = gone.taken
        }
        entries[name] = entry
        undeclared.insert(name)
    }

    /// Returns a strategy unless it was removed.
    fileprivate func active(_ name: String) -> Registry.Entry? {
        guard let entry = entries[name], !entry.isRetired else { return nil }
        return entry
    }

    fileprivate mutating func takeDelta(
        _ name: String, at now: Instant, includesMessages: Bool
    ) -> AgentMessage? {
        guard var entry = entries[name] else { return nil }
        var metrics = entry.carried
        metrics.merge(entry.meter.take())
        entry.carried = RetryMetrics()
        let gauges = entry.meter.gauges
        var counters = Counters(metrics, gauges, includesMessages: includesMessages)
        entry.facetCounters.take(entry.facets, into: &counters)
        let span = (now - entry.taken).milliseconds
        entry.taken = now
        defer { entries[name] = entry }
        guard
            metrics.calls > 0 || metrics.attempts > 0 || gauges.inFlight > 0
                || counters.idempotency?.isSparing == true
        else { return nil }
        entry.sequence += 1
        return .delta(
            Delta(
                strategy: name, sequence: entry.sequence, spanMS: max(1, span),
                counters: counters))
    }

    private static func free(_ wanted: String, in taken: [String: Registry.Entry]) -> String {
        let name = wanted.isEmpty ? "strategy" : WireLimits.cut(wanted, to: WireLimits.nameBytes)
        guard taken[name] != nil else { return name }
        let stem = WireLimits.cut(name, to: WireLimits.nameBytes - 8)
        return (2...).lazy.map { "\(stem)#\($0)" }.first { taken[$0] == nil } ?? name
    }
}
