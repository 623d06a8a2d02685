import Synchronization

/// Ids for commands: `id-1`, `id-2`.
final class Counter: Sendable {
    private let value = Mutex(0)

    func next() -> String {
        value.withLock {
            $0 += 1
            return "id-\($0)"
        }
    }
}
