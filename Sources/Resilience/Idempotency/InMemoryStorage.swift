/// Keeps results in memory; if it is full, it drops the least recently used one. Never fails.
public final class InMemoryStorage<
    Key: Hashable & Sendable, Success: Sendable, Failure: Error
>: BlockingIdempotencyStorage {
    private let cache: SharedCache<Key, IdempotencyRecord<Success, Failure>>

    /// Creates an empty storage, by default for 10,000 results and 24 h.
    public init(_ policy: CachePolicy = .day, time: TimeSource = .monotonic) {
        cache = SharedCache(policy, time: time)
    }

    /// Returns the result that is kept for a key and has not expired.
    public func loadBlocking(_ key: Key) -> IdempotencyRecord<Success, Failure>? {
        cache.value(for: key)?.value
    }

    /// Stores the result of a key.
    public func saveBlocking(_ record: IdempotencyRecord<Success, Failure>, for key: Key) {
        cache.store(record, for: key)
    }
}
