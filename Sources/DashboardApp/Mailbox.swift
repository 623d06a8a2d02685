package import Dashboard
import Synchronization
package import Terminal

/// A queue of events from other threads to the dashboard's thread.
package final class Mailbox: Sendable {
    private struct Box {
        var events: [Dashboard.Event] = []
        /// Whether the owner was woken since its last ``take()``.
        var isAnnounced = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    /// The length of the queue at which ``room(below:)`` waits. A stopped terminal may not read for hours.
    package static let limit = 256

    private let box = Mutex(Box())
    private let waker: Waker

    package init(_ waker: Waker) {
        self.waker = waker
    }

    /// Appends an event. Only the first event after a ``take()`` wakes the owner, which takes all events of a
    /// frame together.
    package func post(_ event: Dashboard.Event) {
        let isFirst = box.withLock { box in
            box.events.append(event)
            defer { box.isAnnounced = true }
            return !box.isAnnounced
        }
        if isFirst { waker.wake() }
    }

    /// Waits until fewer than `limit` events are queued. For senders of many events.
    package func room(below limit: Int = Mailbox.limit) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isFull = box.withLock { box in
                    guard box.events.count >= limit, !Task.isCancelled else { return false }
                    box.waiting.append(continuation)
                    return true
                }
                if !isFull { continuation.resume() }
            }
        } onCancel: {
            letIn()
        }
    }

    /// Removes queued events of the past, after the operator has returned to the present.
    package func forgetPast() {
        box.withLock { box in
            box.events.removeAll { if case .past = $0 { true } else { false } }
        }
        letIn()
    }

    package func take() -> [Dashboard.Event] {
        let events = box.withLock { box in
            defer {
                box.events = []
                box.isAnnounced = false
            }
            return box.events
        }
        letIn()
        return events
    }

    private func letIn() {
        let waiting = box.withLock { box in
            defer { box.waiting = [] }
            return box.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
