import Synchronization

/// Counts of calls that need nothing but a number and a duration: those that succeeded with the
/// first attempt, and those that were rejected. Each is counted with one atomic addition, without a
/// lock.
///
/// All other figures of such calls follow from these counts. Drained metrics are therefore
/// consistent, even while calls end.
struct QuietCalls: ~Copyable, Sendable {
    /// Latency buckets up to 1.05 s. Longer calls take the lock.
    private let succeeded = InlineArray<320, Atomic<Int>> { _ in Atomic(0) }
    private let rejected = Atomic<Int>(0)

    /// Counts a call that succeeded with its first attempt. Returns `false` if it took too long for
    /// these buckets.
    @inline(__always)
    func addSuccess(nanoseconds: Int64) -> Bool {
        let bucket = LatencyHistogram.bucket(forNanoseconds: nanoseconds)
        guard bucket < succeeded.count else { return false }
        succeeded[bucket].wrappingAdd(1, ordering: .relaxed)
        return true
    }

    /// Counts a call that was rejected.
    func addRejection() {
        rejected.wrappingAdd(1, ordering: .relaxed)
    }

    /// Moves all counts into `metrics`.
    func drain(into metrics: inout RetryMetrics) {
        for bucket in succeeded.indices where succeeded[bucket].load(ordering: .relaxed) != 0 {
            let count = succeeded[bucket].exchange(0, ordering: .relaxed)
            metrics.addSuccesses(count, bucket: bucket)
        }
        metrics.addRejections(rejected.exchange(0, ordering: .relaxed))
    }
}
