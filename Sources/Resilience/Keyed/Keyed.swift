import Synchronization

/// One strategy for each key, such as a circuit breaker for each host, model or tenant; made when its
/// key is first asked for, bounded.
///
/// ```swift
/// let breakers = Keyed(by: String.self) { host in CircuitBreaker() }
/// let page = try await breakers[host].call { try await get(host) }
/// ```
///
/// At most ``KeyedPolicy/capacity`` strategies are kept: for a new key, the least recently used *idle*
/// one goes, and starts anew when its key is asked for again. Idle is, unless `isIdle` says otherwise,
/// a strategy whose outermost breaker is closed, whose outermost bulkhead is empty, of which an
/// outermost ``Monitored`` has no call under way, and of which no ``Limit`` is pinned. So an open
/// breaker, and any that an operator holds, is never forgotten while there is room; a closed one loses
/// its counts of failures.
///
/// Where too many are busy, more are kept than the capacity: up to ``KeyedPolicy/hardCapacity``, where
/// one of the least recently used goes though it is busy. Each time that a strategy is made, up to 64
/// are asked whether they are idle, and those that are go until the capacity is kept.
///
/// Who holds a strategy may use it after it went; what it learns is then lost for its key.
public final class Keyed<Key: Hashable & Sendable, Base: Monitorable>: Sendable {
    /// A strategy was made or went.
    public enum Event: Sendable {
        /// Made for a key that had none.
        case made(Key, Base)
        /// Gone, to make room; `wasBusy` where it was not idle.
        case evicted(Key, Base, wasBusy: Bool)
    }

    /// Strategies kept, and what became of others.
    public struct Counts: Equatable, Sendable {
        /// Strategies kept now.
        public let kept: Int
        /// Strategies made since the start.
        public let made: Int
        /// Strategies that went since the start to make room.
        public let evicted: Int
        /// Of these, strategies that were busy: raise ``KeyedPolicy/hardCapacity``.
        public let evictedBusy: Int
    }

    private struct Table {
        var strategies = UseOrder<Key, Base>()
        var made = 0
        var evicted = 0
        var evictedBusy = 0
    }

    /// Strategies that are asked whether they are idle, for one that is made.
    static var probes: Int { 64 }

    /// The policy that it was made with.
    public let policy: KeyedPolicy
    private let make: @Sendable (Key) -> Base
    private let isIdle: @Sendable (Base) -> Bool
    private let table = Mutex(Table())
    /// Held while one is made, so that no key gets two.
    private let making = Mutex(())
    private let observers = Observers<Event>()

    /// Strategies by key.
    ///
    /// - Parameters:
    ///   - isIdle: whether a strategy may go; by its facets unless given. Called outside of the lock
    ///     that calls take.
    ///   - make: makes the strategy of a key, once for each time that it is kept. Callers that ask
    ///     for other new keys wait for it; it must not ask for a key itself.
    public init(
        _ policy: KeyedPolicy = .standard, by: Key.Type = Key.self,
        isIdle: (@Sendable (Base) -> Bool)? = nil, make: @escaping @Sendable (Key) -> Base
    ) {
        self.policy = policy
        self.make = make
        self.isIdle = isIdle ?? { Facets(of: $0).isIdle }
    }

    /// The strategy of a key; made where it has none.
    public subscript(key: Key) -> Base {
        if let kept = table.withLock({ $0.strategies.use(key) }) { return kept }
        return making.withLock { _ -> Base in
            // Made by another meanwhile.
            if let kept = table.withLock({ $0.strategies.use(key) }) { return kept }
            let base = make(key)
            makeRoom()
            table.withLock { table in
                table.strategies.set(base, for: key)
                table.made += 1
            }
            observers.notify(.made(key, base))
            return base
        }
    }

    /// The strategy of a key that has one. Asking makes none, and is not a use.
    public func existing(_ key: Key) -> Base? {
        table.withLock { $0.strategies.peek(key) }
    }

    /// The present numbers. Taking them changes nothing.
    public var counts: Counts {
        table.withLock { table in
            Counts(
                kept: table.strategies.count, made: table.made, evicted: table.evicted,
                evictedBusy: table.evictedBusy)
        }
    }

    /// Calls `observer` after each strategy that was made or went, in that order, before the caller
    /// that asked for the new one gets it. It must not ask for a key.
    ///
    /// - Returns: takes the observer off again; may be dropped.
    @discardableResult
    public func onEvent(_ observer: @escaping @Sendable (Event) -> Void) -> Observation {
        observers.add(observer)
    }

    /// Lets strategies go, until there is room for one more or enough were asked.
    private func makeRoom() {
        for _ in 0..<min(Self.probes, counts.kept) {
            let oldest = table.withLock { table in
                table.strategies.count < policy.capacity ? nil : table.strategies.oldest
            }
            guard let (key, base) = oldest else { return }
            if isIdle(base) {
                evict(key, base, wasBusy: false)
            } else {
                // Asked again after all others.
                _ = table.withLock { $0.strategies.use(key) }
            }
        }
        let surplus = table.withLock { table in
            table.strategies.count < policy.hardCapacity ? nil : table.strategies.oldest
        }
        if let (key, base) = surplus { evict(key, base, wasBusy: true) }
    }

    private func evict(_ key: Key, _ base: Base, wasBusy: Bool) {
        table.withLock { table in
            table.strategies.remove(key)
            table.evicted += 1
            if wasBusy { table.evictedBusy += 1 }
        }
        observers.notify(.evicted(key, base, wasBusy: wasBusy))
    }
}

extension Facets {
    /// Whether nothing would be lost that a call or an operator set, if it were made anew.
    var isIdle: Bool {
        if let breaker, breaker.snapshot.state != .closed { return false }
        if let counts = bulkhead?.counts, counts.active > 0 || counts.queued > 0 { return false }
        if let meter, meter.gauges.inFlight > 0 { return false }
        return !limits.contains { $0.reading.pinned }
    }
}
