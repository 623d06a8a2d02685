/// An observer that was added, such as by ``CircuitBreaker/onTransition(_:)``; takes it off again.
///
/// Letting go of an observation does not end it: the observer stays until ``cancel()``, or until what
/// it observes is gone.
public final class Observation: Sendable {
    private let remove: @Sendable () -> Void

    init(remove: @escaping @Sendable () -> Void) {
        self.remove = remove
    }

    /// Takes the observer off. It is not called for later events; a call that has begun on another
    /// thread may still be under way. A second time does nothing.
    public func cancel() {
        remove()
    }
}
