/// Runs the operation of each key once and keeps the results in this process's memory. For results
/// in a database see ``StoredIdempotency``.
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
    /// Creates an instance with results in memory, by default 10,000 for 24 h.
    ///
    /// - Parameters:
    ///   - keepsFailures: whether the operation's own errors are kept as results.
    ///   - time: the clock; for tests.
    public convenience init<Key, Success, Failure>(
        _ policy: CachePolicy = .day, keepsFailures: Bool = false, time: TimeSource = .monotonic
    ) where Storage == InMemoryStorage<Key, Success, Failure> {
        self.init(storage: InMemoryStorage(policy, time: time), keepsFailures: keepsFailures)
    }
}
