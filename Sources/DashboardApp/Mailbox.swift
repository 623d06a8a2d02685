package import Dashboard
import Synchronization
package import Terminal

/// A queue of events from other threads to the dashboard's thread.
package final class Mailbox: Sendable {
    private struct Box {
        var events: [Dashboard.Event] = []
        /// Whether the owner was woken since it last found the queue empty.
        var isAnnounced = false
        var waiting: [(limit: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    /// The length of the queue at which ``room(below:)`` waits. A stopped terminal may not read for hours.
    package static let limit = 256

    private let box = Mutex(Box())
    private let waker: Waker

    package init(_ waker: Waker) {
        self.waker = waker
    }

    /// Appends an event. Only the first event after the queue was empty wakes the owner, which takes all events
    /// of a frame together.
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
                    box.waiting.append((limit, continuation))
                    return true
                }
                if !isFull { continuation.resume() }
            }
        } onCancel: {
            letIn { _ in true }
        }
    }

    /// Removes queued events of the past, after the operator has returned to the present.
    package func forgetPast() {
        box.withLock { box in
            box.events.removeAll { if case .past = $0 { true } else { false } }
        }
        letIn { _ in true }
    }

    /// Removes and returns the oldest event; `nil` if the queue is empty.
    package func next() -> Dashboard.Event? {
        let (event, count) = box.withLock { box in
            if box.events.isEmpty { box.isAnnounced = false }
            let event = box.events.isEmpty ? nil : box.events.removeFirst()
            return (event, box.events.count)
        }
        letIn { count < $0 }
        return event
    }

    /// Lets those senders continue whose limit meets a condition.
    private func letIn(_ condition: (_ limit: Int) -> Bool) {
        let ready = box.withLock { box in
            guard !box.waiting.isEmpty else { return [CheckedContinuation<Void, Never>]() }
            let ready = box.waiting.filter { condition($0.limit) }
            box.waiting.removeAll { condition($0.limit) }
            return ready.map(\.continuation)
        }
        for continuation in ready { continuation.resume() }
    }
}
