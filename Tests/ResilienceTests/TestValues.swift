import Resilience
import Synchronization

/// Raised once.
final class Flag: Sendable {
    private let raised = Atomic<Bool>(false)

    var isRaised: Bool { raised.load(ordering: .acquiring) }

    func raise() {
        raised.store(true, ordering: .releasing)
    }
}

/// A number that grows, and the most that it ever was.
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

/// Lets other tasks run until something is so.
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

// What an untyped call threw.
extension Error {
    var isTimeOut: Bool { self is TimedOut }
    var isCancelled: Bool { self is CancellationError }
    var rejection: Rejection? { self as? Rejection }
}

/// Runs a body in a task that is cancelled.
func whenCancelled<Success: Sendable>(
    _ body: @escaping @Sendable () throws -> Success
) async -> Result<Success, any Error> {
    await Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try body()
    }.result
}

/// Calls what blocks the thread, in a test that is otherwise asynchronous.
func blocking<Success>(_ body: () throws -> Success) rethrows -> Success {
    try body()
}

extension RandomSource {
    /// One of `0..<count`.
    func below(_ count: Int) -> Int {
        min(count - 1, Int(uniform(0, Double(count))))
    }
}

/// What happened, in order.
final class Journal<Entry: Sendable>: Sendable {
    private let state = Mutex<[Entry]>([])

    var entries: [Entry] { state.withLock { $0 } }

    func note(_ entry: Entry) {
        state.withLock { $0.append(entry) }
    }
}
