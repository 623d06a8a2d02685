import Synchronization

/// A cache that is safe to use from several tasks and threads.
final class SharedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let cache: Mutex<BoundedCache<Key, Value>>
    private let time: TimeSource

    init(_ policy: CachePolicy, time: TimeSource) {
        cache = Mutex(BoundedCache(policy))
        self.time = time
    }

    /// Stores a value, unless `newer` returns `true` for the value that is already stored.
    func store(_ value: Value, for key: Key, unless newer: (Value) -> Bool = { _ in false }) {
        cache.withLock { $0.store(value, for: key, at: time.now, unless: newer) }
    }

    func value(for key: Key) -> BoundedCache<Key, Value>.Hit? {
        cache.withLock { $0.value(for: key, at: time.now) }
    }
}
