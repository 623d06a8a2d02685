package import Dashboard
import Synchronization
package import Terminal

/// Events on their way from other threads to the dashboard's.
package final class Mailbox: Sendable {
    private struct Box {
        var events: [Dashboard.Event] = []
        /// Whether the owner was woken since it took events the last time.
        var isAnnounced = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    /// With so many waiting, whoever has more waits too: a terminal may be stopped for hours.
    package static let limit = 256

    private let box = Mutex(Box())
    private let waker: Waker

    package init(_ waker: Waker) {
        self.waker = waker
    }

    /// Wakes the owner for the first event after each ``take()`` only: it takes those of a frame
    /// together.
    package func post(_ event: Dashboard.Event) {
        let isFirst = box.withLock { box in
            box.events.append(event)
            defer { box.isAnnounced = true }
            return !box.isAnnounced
        }
        if isFirst { waker.wake() }
    }

    /// Returns once fewer than so many wait; for one who posts much.
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

    /// Leaves what has not been taken of the past, which is not looked at any more.
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
