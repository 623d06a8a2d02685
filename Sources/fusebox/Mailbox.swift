import Dashboard
import Synchronization
import Terminal

/// Events on their way from other threads to the dashboard's.
final class Mailbox: Sendable {
    private let events = Mutex<[Dashboard.Event]>([])
    private let waker: Waker

    init(_ waker: Waker) {
        self.waker = waker
    }

    func post(_ event: Dashboard.Event) {
        events.withLock { $0.append(event) }
        waker.wake()
    }

    func take() -> [Dashboard.Event] {
        events.withLock { events in
            defer { events = [] }
            return events
        }
    }
}
