import Synchronization

/// A value that is set once, and that one task or thread can wait for.
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

    /// Sets the value and resumes the waiter. A second value is ignored.
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

    /// The value; suspends the task until it is set.
    var value: Value {
        get async {
            await withCheckedContinuation { continuation in
                if let value = register(.task(continuation)) {
                    continuation.resume(returning: value)
                }
            }
        }
    }

    /// Blocks the thread until the value is set, and returns it.
    func block() -> Value {
        let semaphore = Semaphore()
        while true {
            if let value = register(.thread(semaphore)) { return value }
            semaphore.wait()
        }
    }

    /// Returns the value if it is set; otherwise registers the waiter to resume.
    private func register(_ waiter: Waiter) -> Value? {
        state.withLock { state in
            if case .filled(let value) = state { return value }
            state = .awaitedBy(waiter)
            return nil
        }
    }
}
