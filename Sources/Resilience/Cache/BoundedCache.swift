/// Values by key: at most a number of them, of which the least recently used goes first, each for a
/// time.
struct BoundedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// A value, and how long ago it was stored.
    struct Hit {
        let value: Value
        let age: Duration
    }

    private struct Entry {
        let value: Value
        let stored: Instant

        func isTooOld(at now: Instant, _ policy: CachePolicy) -> Bool {
            guard let timeToLive = policy.timeToLive else { return false }
            return now - stored >= timeToLive
        }
    }

    private let policy: CachePolicy
    private var entries = UseOrder<Key, Entry>()

    init(_ policy: CachePolicy) {
        self.policy = policy
    }

    var count: Int { entries.count }

    /// Keeps a value, and drops the least recently used where there is no room.
    ///
    /// - Parameter newer: whether a kept value is newer, and stays.
    mutating func store(
        _ value: Value, for key: Key, at now: Instant,
        unless newer: (Value) -> Bool = { _ in false }
    ) {
        if entries.count == policy.capacity, entries.peek(key) == nil, let oldest = entries.oldest {
            entries.remove(oldest.key)
        }
        let policy = policy
        entries.set(Entry(value: value, stored: now), for: key) { kept in
            !kept.isTooOld(at: now, policy) && newer(kept.value)
        }
    }

    /// The value, unless it is too old; a use of it.
    mutating func value(for key: Key, at now: Instant) -> Hit? {
        guard let entry = entries.use(key) else { return nil }
        guard !entry.isTooOld(at: now, policy) else {
            entries.remove(key)
            return nil
        }
        return Hit(value: entry.value, age: max(.zero, now - entry.stored))
    }

    /// The value, unless it is too old; not a use of it.
    func peek(_ key: Key, at now: Instant) -> Value? {
        guard let entry = entries.peek(key), !entry.isTooOld(at: now, policy) else { return nil }
        return entry.value
    }

    mutating func remove(_ key: Key) {
        entries.remove(key)
    }
}
