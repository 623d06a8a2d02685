/// Where results are kept for calls that come again. What it holds is bounded, and for how long is
/// its own to decide, by its own clock.
///
/// Both functions are called outside of any lock, on the caller's thread or task, and for one key
/// by one execution at a time.
public protocol IdempotencyStorage<Key, Success, Failure>: Sendable {
    /// What calls are told apart by.
    associatedtype Key: Hashable & Sendable
    /// What the operation returns.
    associatedtype Success: Sendable
    /// What the operation throws.
    associatedtype Failure: Error

    /// The result that is kept for a key.
    func load(_ key: Key) -> IdempotencyRecord<Success, Failure>?

    /// Keeps a result for a key.
    func save(_ record: IdempotencyRecord<Success, Failure>, for key: Key)
}

/// A result, and for which request.
public struct IdempotencyRecord<Success: Sendable, Failure: Error>: Sendable {
    /// Tells requests under one key apart, such as a hash of the request's body.
    public let fingerprint: String?
    /// What the operation came to.
    public let result: Result<Success, Failure>

    /// A record of a request's result.
    public init(fingerprint: String?, result: Result<Success, Failure>) {
        self.fingerprint = fingerprint
        self.result = result
    }
}

/// Keeps results in memory, the least recently used of too many not.
public final class InMemoryStorage<
    Key: Hashable & Sendable, Success: Sendable, Failure: Error
>: IdempotencyStorage {
    private let cache: SharedCache<Key, IdempotencyRecord<Success, Failure>>

    /// An empty storage; 10,000 results for 24 h unless the policy says otherwise.
    public init(_ policy: CachePolicy = .day, time: TimeSource = .monotonic) {
        cache = SharedCache(policy, time: time)
    }

    /// The result that is kept for a key and not too old.
    public func load(_ key: Key) -> IdempotencyRecord<Success, Failure>? {
        cache.value(for: key)?.value
    }

    /// Keeps a result for a key.
    public func save(_ record: IdempotencyRecord<Success, Failure>, for key: Key) {
        cache.store(record, for: key)
    }
}
