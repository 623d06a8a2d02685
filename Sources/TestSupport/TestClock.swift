public import Resilience
import Synchronization

/// A clock that moves only when a test moves it.
///
/// Wait for sleepers first, then advance: so no test depends on how fast a task comes to its sleep.
public final class TestClock: Sendable {
    private struct Sleeper {
        let deadline: Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Instant(nanoseconds: 0)
        var nextID = 0
        var sleepers: [Int: Sleeper] = [:]
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
        var blocked: [Duration] = []

        /// The tests that wait for as many sleepers as there are now.
        mutating func satisfiedWaiters() -> [CheckedContinuation<Void, Never>] {
            let count = sleepers.count
            let satisfied = waiters.filter { $0.count <= count }.map(\.continuation)
            waiters.removeAll { $0.count <= count }
            return satisfied
        }
    }

    private let state = Mutex(State())

    /// A clock that stands at zero.
    public init() {}

    /// The clock as strategies see it. Blocking waits advance it by themselves and are noted.
    public var time: TimeSource {
        TimeSource(
            now: { [self] in now },
            sleep: { [self] in try await sleep(for: $0) },
            block: { [self] duration in
                state.withLock { $0.blocked.append(duration) }
                advance(by: duration)
            })
    }

    /// The present time.
    public var now: Instant { state.withLock { $0.now } }

    /// The blocking waits so far.
    public var blocked: [Duration] { state.withLock { $0.blocked } }

    /// How many tasks sleep.
    public var sleeping: Int { state.withLock { $0.sleepers.count } }

    /// Moves the time and wakes those whose time has come.
    public func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now + duration
            let now = state.now
            let due = state.sleepers.filter { $0.value.deadline <= now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.sorted { $0.deadline < $1.deadline }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Waits until as many tasks sleep.
    public func sleepers(_ count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let satisfied = state.withLock { state in
                state.waiters.append((count: count, continuation: continuation))
                return state.satisfiedWaiters()
            }
            for waiter in satisfied { waiter.resume() }
        }
    }

    private func sleep(for duration: Duration) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                add(Sleeper(deadline: now + duration, continuation: continuation), id)
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    private func add(_ sleeper: Sleeper, _ id: Int) {
        // A cancellation before this finds no sleeper to wake.
        if Task.isCancelled {
            sleeper.continuation.resume(throwing: CancellationError())
            return
        }
        let satisfied = state.withLock { state in
            state.sleepers[id] = sleeper
            return state.satisfiedWaiters()
        }
        for waiter in satisfied { waiter.resume() }
        // One between the check and the lock found none either.
        if Task.isCancelled {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}
