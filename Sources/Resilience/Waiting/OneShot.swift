import Synchronization

/// One value, given once, and one task or thread that waits for it.
final class OneShot<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case awaitedBy(Waiter)
        case filled(Value)
    }

    private enum Waiter {
        case task(CheckedContinuation<Value, Never>)
        case thread(Semaphore)
    }

    private let state = Mutex(State.empty)

    /// Gives the value and wakes who waits for it. A second value is dropped.
    func fill(_ value: Value) {
        let waiter = state.withLock { state -> Waiter? in
            switch state {
            case .empty:
                state = .filled(value)
                return nil
            case .awaitedBy(let waiter):
                state = .filled(value)
                return waiter
            case .filled:
                return nil
            }
        }
        switch waiter {
        case .task(let continuation): continuation.resume(returning: value)
        case .thread(let semaphore): semaphore.signal()
        case nil: break
        }
    }

    /// Suspends the task until the value is there.
    var value: Value {
        get async {
            await withCheckedContinuation { continuation in
                if let value = register(.task(continuation)) {
                    continuation.resume(returning: value)
                }
            }
        }
    }

    /// Blocks the thread until the value is there.
    func block() -> Value {
        let semaphore = Semaphore()
        while true {
            if let value = register(.thread(semaphore)) { return value }
            semaphore.wait()
        }
    }

    /// The value where it is there; else whom to wake once it is.
    private func register(_ waiter: Waiter) -> Value? {
        state.withLock { state in
            if case .filled(let value) = state { return value }
            state = .awaitedBy(waiter)
            return nil
        }
    }
}
