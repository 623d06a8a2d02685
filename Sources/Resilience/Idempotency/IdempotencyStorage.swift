/// Stores the results of calls: in a database, or in the process's memory (``InMemoryStorage``).
/// The storage decides how many results it keeps and for how long, by its own clock.
///
/// Both functions are called outside any lock. One ``StoredIdempotency`` calls them for one key
/// from one execution at a time. Callers wait for both, so the storage needs a time limit of its
/// own. ``StorageFailurePolicy`` defines what happens if they throw.
///
/// Several processes can share a storage and its results. This does not prevent two processes from
/// starting the same key at the same moment: both find no result, and both execute. To prevent
/// that, let the operation write the key in its own transaction, under a unique constraint.
public protocol IdempotencyStorage<Key, Success, Failure>: Sendable {
    /// The type of the keys.
    associatedtype Key: Hashable & Sendable
    /// The result of the operation.
    associatedtype Success: Sendable
    /// The error of the operation.
    associatedtype Failure: Error

    /// Returns the result that is kept for a key; `nil` if there is none, or it has expired.
    ///
    /// The task is cancelled when the last waiting caller leaves.
    func load(_ key: Key) async throws -> IdempotencyRecord<Success, Failure>?

    /// Stores the result of a key, and replaces an earlier one.
    ///
    /// This task is not cancelled with the callers, because the operation has already run.
    func save(_ record: IdempotencyRecord<Success, Failure>, for key: Key) async throws
}

/// A storage that can answer on the caller's thread, without suspending, and quickly.
/// ``StoredIdempotency/callBlocking(_:fingerprint:_:)`` requires it.
///
/// Calls from tasks also use the blocking functions. They then create no task for a kept result.
public protocol BlockingIdempotencyStorage<Key, Success, Failure>: IdempotencyStorage {
    // Declared again so that conforming types need not name them: they are inferred from
    // `loadBlocking`.

    /// The type of the keys.
    associatedtype Key
    /// The result of the operation.
    associatedtype Success
    /// The error of the operation.
    associatedtype Failure

    /// Returns the result that is kept for a key; `nil` if there is none, or it has expired.
    func loadBlocking(_ key: Key) throws -> IdempotencyRecord<Success, Failure>?

    /// Stores the result of a key, and replaces an earlier one.
    func saveBlocking(_ record: IdempotencyRecord<Success, Failure>, for key: Key) throws
}

extension BlockingIdempotencyStorage {
    /// Calls ``loadBlocking(_:)``.
    public func load(_ key: Key) async throws -> IdempotencyRecord<Success, Failure>? {
        try loadBlocking(key)
    }

    /// Calls ``saveBlocking(_:for:)``.
    public func save(
        _ record: IdempotencyRecord<Success, Failure>, for key: Key
    ) async throws {
        try saveBlocking(record, for: key)
    }
}

/// A kept result and the request that it belongs to.
public struct IdempotencyRecord<Success: Sendable, Failure: Error>: Sendable {
    /// Identifies the request under its key, for example by a hash of its body.
    public let fingerprint: String?
    /// The result of the operation.
    public let result: Result<Success, Failure>

    /// Creates a record of a request's result.
    public init(fingerprint: String?, result: Result<Success, Failure>) {
        self.fingerprint = fingerprint
        self.result = result
    }
}
