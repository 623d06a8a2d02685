/// A cache of limited size with a time to live. A full cache drops the least recently used value.
struct BoundedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// A value and its age.
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

    /// Stores a value, and drops the least recently used one if the cache is full.
    ///
    /// - Parameter newer: returns `true` if the stored value is newer than the given one and must
    ///   stay.
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

    /// Returns the value unless it has expired, and marks it as used.
    mutating func value(for key: Key, at now: Instant) -> Hit? {
        guard let entry = entries.use(key) else { return nil }
        guard !entry.isTooOld(at: now, policy) else {
            entries.remove(key)
            return nil
        }
        return Hit(value: entry.value, age: max(.zero, now - entry.stored))
    }

    /// Returns the value unless it has expired, without marking it as used.
    func peek(_ key: Key, at now: Instant) -> Value? {
        guard let entry = entries.peek(key), !entry.isTooOld(at: now, policy) else { return nil }
        return entry.value
    }

    mutating func remove(_ key: Key) {
        entries.remove(key)
    }
}
