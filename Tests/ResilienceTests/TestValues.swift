import Resilience
import Synchronization

/// A flag that is raised once.
final class Flag: Sendable {
    private let raised = Atomic<Bool>(false)

    var isRaised: Bool { raised.load(ordering: .acquiring) }

    func raise() {
        raised.store(true, ordering: .releasing)
    }
}

/// A counter of current entries, and its maximum.
final class Gauge: Sendable {
    private let state = Mutex((now: 0, most: 0, total: 0))

    var now: Int { state.withLock { $0.now } }
    var most: Int { state.withLock { $0.most } }
    var total: Int { state.withLock { $0.total } }

    func enter() {
        state.withLock { state in
            state.now += 1
            state.total += 1
            state.most = max(state.most, state.now)
        }
    }

    func leave() {
        state.withLock { $0.now -= 1 }
    }
}

/// Yields to other tasks until a condition holds.
func until(_ condition: () -> Bool) async {
    while !condition() { await Task.yield() }
}

extension Result {
    var error: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}

extension CallError {
    var isTimeOut: Bool {
        if case .timedOut = self { true } else { false }
    }

    var isCancelled: Bool {
        if case .cancelled = self { true } else { false }
    }

    var rejection: Rejection? {
        if case .rejected(let rejection) = self { rejection } else { nil }
    }
}

// Reads the kinds of errors that an untyped call throws.
extension Error {
    var isTimeOut: Bool { self is TimedOut }
    var isCancelled: Bool { self is CancellationError }
    var rejection: Rejection? { self as? Rejection }
}

/// Runs a body in a cancelled task.
func whenCancelled<Success: Sendable>(
    _ body: @escaping @Sendable () throws -> Success
) async -> Result<Success, any Error> {
    await Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try body()
    }.result
}

/// Makes a blocking call in an asynchronous test.
func blocking<Success>(_ body: () throws -> Success) rethrows -> Success {
    try body()
}

extension RandomSource {
    /// Returns a number in `0..<count`.
    func below(_ count: Int) -> Int {
        min(count - 1, Int(uniform(0, Double(count))))
    }
}

/// Events in the order in which they happened.
final class Journal<Entry: Sendable>: Sendable {
    private let state = Mutex<[Entry]>([])

    var entries: [Entry] { state.withLock { $0 } }

    func note(_ entry: Entry) {
        state.withLock { $0.append(entry) }
    }
}
