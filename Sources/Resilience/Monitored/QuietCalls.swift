import Synchronization

/// Calls of which there is nothing to tell but their number and how long they took: those that
/// succeeded at once, and those of which no attempt ran. Counted with one addition each, beside
/// any lock.
///
/// Everything else about such calls follows from these counts, so whatever is drained agrees with
/// itself, however many calls end meanwhile.
struct QuietCalls: ~Copyable, Sendable {
    /// Latency buckets up to 1.05 s; a longer call can afford a lock.
    private let succeeded = InlineArray<320, Atomic<Int>> { _ in Atomic(0) }
    private let rejected = Atomic<Int>(0)

    /// Counts a call that succeeded with its first attempt; `false` where it took too long.
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
