public import ResilienceWire
import Synchronization

/// A queue of line batches from several producers to one consumer. ``room()`` makes producers wait
/// while the queue is full.
public final class LineQueue: Sendable {
    private struct Queue {
        var batches: [[Line]] = []
        var isOver = false
        var taker: CheckedContinuation<[Line]?, Never>?
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var count = 0

        mutating func takeWaiting() -> [CheckedContinuation<Void, Never>] {
            defer { waiting = [:] }
            return Array(waiting.values)
        }
    }

    /// The number of batches from which producers wait.
    static let limit = 16

    private let queue = Mutex(Queue())

    /// Creates an empty queue.
    public init() {}

    /// The batches for the consumer. Ends when ``finish()`` was called and all batches are taken.
    public var batches: AsyncThrowingStream<LineBatch, any Error> {
        AsyncThrowingStream { await self.next().map { LineBatch($0) } }
    }

    /// Adds a batch, even if the queue is full. Does nothing after ``finish()``.
    public func post(_ batch: [Line]) {
        let taker = queue.withLock { queue in
            guard !queue.isOver else { return nil as CheckedContinuation<[Line]?, Never>? }
            guard let taker = queue.taker else {
                queue.batches.append(batch)
                return nil
            }
            queue.taker = nil
            return taker
        }
        taker?.resume(returning: batch)
    }

    /// Waits until the queue has room, has ended, or the task is cancelled.
    public func room() async {
        let number = queue.withLock { queue in
            queue.count += 1
            return queue.count
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isFull = queue.withLock { queue in
                    guard queue.batches.count >= Self.limit, !queue.isOver, !Task.isCancelled
                    else { return false }
                    queue.waiting[number] = continuation
                    return true
                }
                if !isFull { continuation.resume() }
            }
        } onCancel: {
            queue.withLock { $0.waiting.removeValue(forKey: number) }?.resume()
        }
    }

    /// Ends the queue. Batches already in it can still be taken.
    public func finish() {
        let (taker, waiting) = queue.withLock { queue in
            queue.isOver = true
            defer { queue.taker = nil }
            return (queue.taker, queue.takeWaiting())
        }
        taker?.resume(returning: nil)
        for continuation in waiting { continuation.resume() }
    }

    private func next() async -> [Line]? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (batch, isReady, waiting) = queue.withLock { queue in
                    if !queue.batches.isEmpty {
                        let batch = queue.batches.removeFirst()
                        let hasRoom = queue.batches.count < Self.limit
                        return (batch as [Line]?, true, hasRoom ? queue.takeWaiting() : [])
                    }
                    guard !queue.isOver, !Task.isCancelled else { return (nil, true, []) }
                    queue.taker = continuation
                    return (nil, false, [])
                }
                if isReady { continuation.resume(returning: batch) }
                for continuation in waiting { continuation.resume() }
            }
        } onCancel: {
            queue.withLock { queue in
                defer { queue.taker = nil }
                return queue.taker
            }?.resume(returning: nil)
        }
    }
}
