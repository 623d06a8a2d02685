public import Resilience
import Synchronization

/// A clock that moves only when a test moves it.
///
/// Wait for sleepers first, then advance. The test then does not depend on how fast a task reaches
/// its sleep.
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

        /// Removes and returns the waiters whose number of sleepers has been reached.
        mutating func satisfiedWaiters() -> [CheckedContinuation<Void, Never>] {
            let count = sleepers.count
            let satisfied = waiters.filter { $0.count <= count }.map(\.continuation)
            waiters.removeAll { $0.count <= count }
            return satisfied
        }
    }

    private let state = Mutex(State())

    /// Creates a clock at time zero.
    public init() {}

    /// The clock for strategies. A blocking wait advances the clock by itself and is recorded in
    /// ``blocked``.
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

    /// The blocking waits so far, in order.
    public var blocked: [Duration] { state.withLock { $0.blocked } }

    /// The number of sleeping tasks.
    public var sleeping: Int { state.withLock { $0.sleepers.count } }

    /// Advances the time and wakes the tasks whose time has come.
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

    /// Waits until at least `count` tasks sleep.
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
        // A cancellation before this point found no sleeper to wake.
        if Task.isCancelled {
            sleeper.continuation.resume(throwing: CancellationError())
            return
        }
        let satisfied = state.withLock { state in
            state.sleepers[id] = sleeper
            return state.satisfiedWaiters()
        }
        for waiter in satisfied { waiter.resume() }
        // A cancellation between the check and the lock found no sleeper either.
        if Task.isCancelled {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}
