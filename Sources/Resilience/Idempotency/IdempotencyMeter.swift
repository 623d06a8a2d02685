import Synchronization

/// Counts the executions, and the calls that needed none.
public final class IdempotencyMeter: Sendable {
    /// Totals since the start.
    public struct Counts: Equatable, Sendable {
        /// Executions.
        public let executed: Int
        /// Calls that joined the execution of another call.
        public let shared: Int
        /// Calls that were answered with a kept result.
        public let replayed: Int
        /// Errors thrown by the storage.
        public internal(set) var storageFailures = 0
    }

    private let executed = Atomic<Int>(0)
    private let shared = Atomic<Int>(0)
    private let replayed = Atomic<Int>(0)
    private let storageFailures = Atomic<Int>(0)

    init() {}

    /// The present totals. Reading them has no side effects.
    public var counts: Counts {
        Counts(
            executed: executed.load(ordering: .relaxed), shared: shared.load(ordering: .relaxed),
            replayed: replayed.load(ordering: .relaxed),
            storageFailures: storageFailures.load(ordering: .relaxed))
    }

    func countExecuted() {
        executed.add(1, ordering: .relaxed)
    }

    func countShared() {
        shared.add(1, ordering: .relaxed)
    }

    func countReplayed() {
        replayed.add(1, ordering: .relaxed)
    }

    func countStorageFailure() {
        storageFailures.add(1, ordering: .relaxed)
    }
}
