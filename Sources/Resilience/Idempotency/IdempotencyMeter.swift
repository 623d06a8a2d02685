import Synchronization

/// Counts what was carried out, and what was spared.
public final class IdempotencyMeter: Sendable {
    /// Totals since the start, that only grow.
    public struct Counts: Equatable, Sendable {
        /// Executions.
        public let executed: Int
        /// Calls that joined an execution of another.
        public let shared: Int
        /// Calls that a kept result answered.
        public let replayed: Int
        /// Times that the storage threw.
        public internal(set) var storageFailures = 0
    }

    private let executed = Atomic<Int>(0)
    private let shared = Atomic<Int>(0)
    private let replayed = Atomic<Int>(0)
    private let storageFailures = Atomic<Int>(0)

    init() {}

    /// The present totals. Taking them changes nothing.
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
