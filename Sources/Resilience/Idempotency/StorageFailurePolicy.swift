/// What a call does where its ``IdempotencyStorage`` throws.
///
/// In both cases a caller gets the result of an operation that was carried out, also where that
/// result could not be saved, and ``IdempotencyMeter`` counts the failure.
public enum StorageFailurePolicy: Equatable, Sendable, CaseIterable {
    /// Nothing is carried out twice. Where the storage cannot say whether there is a result, the call
    /// throws ``Rejection/idempotencyStorageFailed(key:reason:)`` and carries out nothing. A result
    /// that could not be saved stays in this process, the 1,000 latest of them: it answers later
    /// calls, each of which tries again to save it.
    case fail
    /// Calls go on without the storage. Where it cannot say whether there is a result, the operation
    /// is carried out, perhaps again. A result that could not be saved is lost for later calls.
    case executeAnyway
}
