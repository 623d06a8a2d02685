/// The behaviour of a call if its ``IdempotencyStorage`` throws.
///
/// In both cases, a caller gets the result of an operation that has run, even if the result could
/// not be saved. ``IdempotencyMeter`` counts the failure.
public enum StorageFailurePolicy: Equatable, Sendable, CaseIterable {
    /// The operation never runs twice. If the storage cannot report whether there is a result, the
    /// call throws ``Rejection/idempotencyStorageFailed(key:reason:)`` and the operation does not
    /// run. Results that could not be saved, the latest 1,000 of them, stay in this process. They
    /// answer later calls, and each of these calls tries to save its result again.
    case fail
    /// Calls continue without the storage. If it cannot report whether there is a result, the
    /// operation runs, possibly for the second time. A result that could not be saved is not
    /// available to later calls.
    case executeAnyway
}
