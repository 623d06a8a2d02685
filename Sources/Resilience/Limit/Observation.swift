/// A handle of an observer, for example from ``CircuitBreaker/onTransition(_:)``.
///
/// Releasing the handle does not end the observation. The observer stays until ``cancel()``, or
/// until the observed object is released.
public final class Observation: Sendable {
    private let remove: @Sendable () -> Void

    init(remove: @escaping @Sendable () -> Void) {
        self.remove = remove
    }

    /// Removes the observer. It is not called for later events; a call on another thread may still
    /// be running. Further calls do nothing.
    public func cancel() {
        remove()
    }
}
