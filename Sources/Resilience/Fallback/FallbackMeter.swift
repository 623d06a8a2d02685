import Synchronization

/// Counts the calls that the primary did not answer.
public final class FallbackMeter: Sendable {
    /// Such calls since the start; totals that only grow.
    public struct Counts: Equatable, Sendable {
        /// Calls that the fallback answered.
        public let used: Int
        /// Calls that an earlier result answered.
        public let cached: Int
    }

    private let used = Atomic<Int>(0)
    private let cached = Atomic<Int>(0)

    init() {}

    /// The present totals. Taking them changes nothing.
    public var counts: Counts {
        Counts(used: used.load(ordering: .relaxed), cached: cached.load(ordering: .relaxed))
    }

    @usableFromInline
    func countUsed() {
        used.add(1, ordering: .relaxed)
    }

    @usableFromInline
    func countCached() {
        cached.add(1, ordering: .relaxed)
    }
}
