import Synchronization

/// Counts the calls that the fallback or the cache answered.
public final class FallbackMeter: Sendable {
    /// Totals since the start.
    public struct Counts: Equatable, Sendable {
        /// Calls that the fallback answered.
        public let used: Int
        /// Calls that the cache answered.
        public let cached: Int
    }

    private let used = Atomic<Int>(0)
    private let cached = Atomic<Int>(0)
    /// The age in nanoseconds; negative if the cache answered no call.
    private let oldestAge = Atomic<Int64>(-1)

    init() {}

    /// The present totals. Reading them has no side effects.
    public var counts: Counts {
        Counts(used: used.load(ordering: .relaxed), cached: cached.load(ordering: .relaxed))
    }

    /// Returns the age of the oldest cached result that answered a call since the last
    /// `takeOldestAge()`; `nil` if there was none.
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
