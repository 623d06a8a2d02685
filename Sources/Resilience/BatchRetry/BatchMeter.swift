import Synchronization

/// Counts what came of batches, item by item.
public final class BatchMeter: Sendable {
    /// Batches that ended ok or failed, since the start; totals that only grow. Those that were
    /// cancelled do not count.
    public struct Counts: Equatable, Sendable {
        /// Items of all batches.
        public internal(set) var items = 0
        /// Items that failed in the end.
        public internal(set) var failed = 0
        /// Batches of which some items succeeded and some failed in the end.
        public internal(set) var partial = 0
    }

    private let state = Mutex(Counts())

    init() {}

    /// The present totals. Taking them changes nothing.
    public var counts: Counts { state.withLock { $0 } }

    func count<Success, Failure: Error>(_ outcome: BatchOutcome<Success, Failure>) {
        guard outcome.end != .cancelled else { return }
        let items = outcome.results.count
        let failed = outcome.failed.count
        state.withLock { counts in
            counts.items += items
            counts.failed += failed
            if failed > 0, failed < items { counts.partial += 1 }
        }
    }
}

extension BatchOutcome {
    /// The batch as one call.
    var end: RetryMetrics.End {
        var end = RetryMetrics.End.ok
        for case .failure(let error) in results {
            if case .cancelled = error { return .cancelled }
            end = .failed
        }
        return end
    }
}
