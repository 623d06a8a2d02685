/// What can be monitored: every ``Strategy``, and what takes more than an operation to call, such as
/// ``BatchRetry`` and ``Idempotency``.
public protocol Monitorable: Sendable {
    /// Adds what can be seen of it and changed in it while it runs.
    func describe(into facets: inout Facets)
}
