import Synchronization

/// One strategy for each key, such as a circuit breaker for each host, model or tenant. It is
/// created at the first use of its key. The number of strategies is bounded.
///
/// ```swift
/// let breakers = Keyed(by: String.self) { host in CircuitBreaker() }
/// let page = try await breakers[host].call { try await get(host) }
/// ```
///
/// At most ``KeyedPolicy/capacity`` strategies are kept. A new key replaces the least recently used
/// *idle* one, which is created anew at the next use of its key. Unless `isIdle` decides otherwise,
/// a strategy is idle if its outermost breaker is closed, its outermost bulkhead is empty, its
/// outermost ``Monitored`` has no call in flight, and none of its ``Limit`` values is pinned. So an
/// open breaker, and any strategy with an operator's value, stays while there is room; a closed
/// breaker loses its counts of failures.
///
/// If too many strategies are busy, more than the capacity are kept, up to
/// ``KeyedPolicy/hardCapacity``. Beyond that, one of the least recently used is evicted although it
/// is busy. For each new strategy, up to 64 strategies are checked, and idle ones are evicted until
/// the capacity is met.
///
/// A caller that holds an evicted strategy can still use it, but its state is then lost for the
/// key.
public final class Keyed<Key: Hashable & Sendable, Base: Monitorable>: Sendable {
    /// A strategy was created or evicted.
    public enum Event: Sendable {
        /// Created for a new key.
        case made(Key, Base)
        /// Evicted to make room; `wasBusy` if it was not idle.
        case evicted(Key, Base, wasBusy: Bool)
    }

    /// The numbers of strategies.
    public struct Counts: Equatable, Sendable {
        /// Strategies kept now.
        public let kept: Int
        /// Strategies created since the start.
        public let made: Int
        /// Strategies evicted since the start.
        public let evicted: Int
        /// Evicted strategies that were busy. If it grows, raise ``KeyedPolicy/hardCapacity``.
        public let evictedBusy: Int
    }

    private struct Table {
        var strategies = UseOrder<Key, Base>()
        var made = 0
        var evicted = 0
        var evictedBusy = 0
    }

    /// The number of strategies that are checked for idleness when one is created.
    static var probes: Int { 64 }

    /// The policy that the collection was created with.
    public let policy: KeyedPolicy
    private let make: @Sendable (Key) -> Base
    private let isIdle: @Sendable (Base) -> Bool
    private let table = Mutex(Table())
    /// Held while a strategy is created, so that no key gets two.
    private let making = Mutex(())
    private let observers = Observers<Event>()

    /// Creates an empty collection.
    ///
    /// - Parameters:
    ///   - isIdle: returns whether a strategy may be evicted; by default, decides by its facets.
    ///     Called outside the lock that calls take.
    ///   - make: creates the strategy of a key, again after each eviction. Callers with other new
    ///     keys wait for it. It must not look up a key itself.
    public init(
        _ policy: KeyedPolicy = .standard, by: Key.Type = Key.self,
        isIdle: (@Sendable (Base) -> Bool)? = nil, make: @escaping @Sendable (Key) -> Base
    ) {
        self.policy = policy
        self.make = make
        self.isIdle = isIdle ?? { Facets(of: $0).isIdle }
    }

    /// The strategy of a key; created if there is none.
    public subscript(key: Key) -> Base {
        if let kept = table.withLock({ $0.strategies.use(key) }) { return kept }
        return making.withLock { _ -> Base in
            // Another caller created it in the meantime.
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

    /// Returns the strategy of a key if there is one. Neither creates one nor marks it as used.
    public func existing(_ key: Key) -> Base? {
        table.withLock { $0.strategies.peek(key) }
    }

    /// The present numbers. Reading them has no side effects.
    public var counts: Counts {
        table.withLock { table in
            Counts(
                kept: table.strategies.count, made: table.made, evicted: table.evicted,
                evictedBusy: table.evictedBusy)
        }
    }

    /// Calls `observer` after each strategy that was created or evicted, in that order, before the
    /// caller gets the new strategy. The observer must not look up a key.
    ///
    /// - Returns: a handle that removes the observer; it may be discarded.
    @discardableResult
    public func onEvent(_ observer: @escaping @Sendable (Event) -> Void) -> Observation {
        observers.add(observer)
    }

    /// Evicts strategies until there is room for one more, or enough were checked.
    private func makeRoom() {
        for _ in 0..<min(Self.probes, counts.kept) {
            let oldest = table.withLock { table in
                table.strategies.count < policy.capacity ? nil : table.strategies.oldest
            }
            guard let (key, base) = oldest else { return }
            if isIdle(base) {
                evict(key, base, wasBusy: false)
            } else {
                // Moves it to the newest end, to be checked again after all others.
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
    /// Whether the strategy has no state that would be lost if it were created anew.
    var isIdle: Bool {
        if let breaker, breaker.snapshot.state != .closed { return false }
        if let counts = bulkhead?.counts, counts.active > 0 || counts.queued > 0 { return false }
        if let meter, meter.gauges.inFlight > 0 { return false }
        return !limits.contains { $0.reading.pinned }
    }
}
