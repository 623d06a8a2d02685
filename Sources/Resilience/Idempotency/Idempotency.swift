/// Carries out what is asked for under one key once, with results in this process's memory. For
/// results in a database see ``StoredIdempotency``.
///
/// ```swift
/// let receipts = Idempotency<String, Receipt, any Error>()
/// let receipt = try await receipts.call(order.id, fingerprint: order.hash) {
///     try await pay(order)
/// }
/// ```
public typealias Idempotency<
    Key: Hashable & Sendable, Success: Sendable, Failure: Error
> = StoredIdempotency<InMemoryStorage<Key, Success, Failure>>

extension StoredIdempotency {
    /// Keeps results in memory; 10,000 for 24 h unless the policy says otherwise.
    ///
    /// - Parameters:
    ///   - keepsFailures: whether an operation's own error is a result like another.
    ///   - time: for tests.
    public convenience init<Key, Success, Failure>(
        _ policy: CachePolicy = .day, keepsFailures: Bool = false, time: TimeSource = .monotonic
    ) where Storage == InMemoryStorage<Key, Success, Failure> {
        self.init(storage: InMemoryStorage(policy, time: time), keepsFailures: keepsFailures)
    }
}
