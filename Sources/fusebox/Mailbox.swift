import Dashboard
import Synchronization
import Terminal

/// Events on their way from other threads to the dashboard's.
final class Mailbox: Sendable {
    private struct Box {
        var events: [Dashboard.Event] = []
        var waiting: CheckedContinuation<Void, Never>?
    }

    /// With so many waiting, whoever has more waits too: a terminal may be stopped for hours.
    private static let limit = 256

    private let box = Mutex(Box())
    private let waker: Waker

    init(_ waker: Waker) {
        self.waker = waker
    }

    func post(_ event: Dashboard.Event) {
        box.withLock { $0.events.append(event) }
        waker.wake()
    }

    /// Returns once there is room for more; for one who posts much.
    func room() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isFull = box.withLock { box in
                    guard box.events.count >= Self.limit, !Task.isCancelled else { return false }
                    box.waiting = continuation
                    return true
                }
                if !isFull { continuation.resume() }
            }
        } onCancel: {
            letIn()
        }
    }

    func take() -> [Dashboard.Event] {
        let events = box.withLock { box in
            defer { box.events = [] }
            return box.events
        }
        letIn()
        return events
    }

    private func letIn() {
        box.withLock { box in
            defer { box.waiting = nil }
            return box.waiting
        }?.resume()
    }
}
