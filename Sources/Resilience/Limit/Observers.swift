import Synchronization

/// Who wants to hear of an event; always called outside of any lock.
final class Observers<Event: Sendable>: Sendable {
    private let all = Mutex<[@Sendable (Event) -> Void]>([])

    func add(_ observer: @escaping @Sendable (Event) -> Void) {
        all.withLock { $0.append(observer) }
    }

    func notify(_ event: Event) {
        for observer in all.withLock({ $0 }) {
            observer(event)
        }
    }
}
