/// Keeps results in memory; of too many, the least recently used goes. Never fails.
public final class InMemoryStorage<
    Key: Hashable & Sendable, Success: Sendable, Failure: Error
>: BlockingIdempotencyStorage {
    private let cache: SharedCache<Key, IdempotencyRecord<Success, Failure>>

    /// An empty storage; 10,000 results for 24 h unless the policy says otherwise.
    public init(_ policy: CachePolicy = .day, time: TimeSource = .monotonic) {
        cache = SharedCache(policy, time: time)
    }

    /// The result that is kept for a key and not too old.
    public func loadBlocking(_ key: Key) -> IdempotencyRecord<Success, Failure>? {
        cache.value(for: key)?.value
    }

    /// Keeps a result for a key.
    public func saveBlocking(_ record: IdempotencyRecord<Success, Failure>, for key: Key) {
        cache.store(record, for: key)
    }
}
