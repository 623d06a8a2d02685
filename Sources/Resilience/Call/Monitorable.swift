/// A type that can be monitored: every ``Strategy``, and types whose calls take more than an
/// operation, such as ``BatchRetry`` and ``Idempotency``.
public protocol Monitorable: Sendable {
    /// Adds the observable and adjustable parts to `facets`.
    func describe(into facets: inout Facets)
}
