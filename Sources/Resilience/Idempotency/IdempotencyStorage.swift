/// Where results are kept for calls that come again: a database, or the process's memory
/// (``InMemoryStorage``). What it holds is bounded, and for how long is its own to decide, by its own
/// clock.
///
/// Both functions are called outside of any lock, and in one ``StoredIdempotency`` for one key by one
/// execution at a time. Callers wait for both, so give the storage a time limit of its own. What
/// happens where they throw is a ``StorageFailurePolicy``.
///
/// A storage that processes share keeps results for all of them. It does not stop two processes that
/// begin the same key at the same moment: both find nothing and both execute. Where that must not
/// happen, let the operation write the key in its own transaction, under a unique constraint.
public protocol IdempotencyStorage<Key, Success, Failure>: Sendable {
    /// What calls are told apart by.
    associatedtype Key: Hashable & Sendable
    /// What the operation returns.
    associatedtype Success: Sendable
    /// What the operation throws.
    associatedtype Failure: Error

    /// The result that is kept for a key; `nil` where there is none, or it is too old.
    ///
    /// The task is cancelled when no caller waits any more.
    func load(_ key: Key) async throws -> IdempotencyRecord<Success, Failure>?

    /// Keeps a result for a key, in place of an earlier one.
    ///
    /// Not cancelled with the callers: the operation has been carried out.
    func save(_ record: IdempotencyRecord<Success, Failure>, for key: Key) async throws
}

/// A storage that answers on the caller's thread, without suspending, and soon: what
/// ``StoredIdempotency/callBlocking(_:fingerprint:_:)`` needs.
///
/// Calls of tasks use it as well, and then without a task for a result that is kept.
public protocol BlockingIdempotencyStorage<Key, Success, Failure>: IdempotencyStorage {
    // Declared again, so that a conforming type need not name them: they follow from `loadBlocking`.

    /// What calls are told apart by.
    associatedtype Key
    /// What the operation returns.
    associatedtype Success
    /// What the operation throws.
    associatedtype Failure

    /// The result that is kept for a key; `nil` where there is none, or it is too old.
    func loadBlocking(_ key: Key) throws -> IdempotencyRecord<Success, Failure>?

    /// Keeps a result for a key, in place of an earlier one.
    func saveBlocking(_ record: IdempotencyRecord<Success, Failure>, for key: Key) throws
}

extension BlockingIdempotencyStorage {
    /// The result that is kept for a key, by ``loadBlocking(_:)``.
    public func load(_ key: Key) async throws -> IdempotencyRecord<Success, Failure>? {
        try loadBlocking(key)
    }

    /// Keeps a result for a key, by ``saveBlocking(_:for:)``.
    public func save(
        _ record: IdempotencyRecord<Success, Failure>, for key: Key
    ) async throws {
        try saveBlocking(record, for: key)
    }
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
