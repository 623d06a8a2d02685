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
    /// In nanoseconds; negative where the kept results answered none.
    private let oldestAge = Atomic<Int64>(-1)

    init() {}

    /// The present totals. Taking them changes nothing.
    public var counts: Counts {
        Counts(used: used.load(ordering: .relaxed), cached: cached.load(ordering: .relaxed))
    }

    /// The age of the oldest earlier result that answered a call since this was last taken; `nil`
    /// where none did.
    public func takeOldestAge() -> Duration? {
        let age = oldestAge.exchange(-1, ordering: .relaxed)
        return age < 0 ? nil : .nanoseconds(age)
    }

    @usableFromInline
    func countUsed() {
        used.add(1, ordering: .relaxed)
    }

    @usableFromInline
    func countCached(age: Duration) {
        cached.add(1, ordering: .relaxed)
        oldestAge.max(age.nanoseconds, ordering: .relaxed)
    }
}
