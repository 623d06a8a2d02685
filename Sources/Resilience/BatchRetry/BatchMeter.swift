import Synchronization

/// Counts the outcomes of batches and their items.
public final class BatchMeter: Sendable {
    /// Totals since the start, of batches that ended ok or failed. Cancelled batches are not
    /// counted.
    public struct Counts: Equatable, Sendable {
        /// The items of all batches.
        public internal(set) var items = 0
        /// The items that had failed when their batch ended.
        public internal(set) var failed = 0
        /// The batches of which some items succeeded and some failed.
        public internal(set) var partial = 0
    }

    private let state = Mutex(Counts())

    init() {}

    /// The present totals. Reading them has no side effects.
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
    /// The end of the batch, counted as one call.
    var end: RetryMetrics.End {
        var end = RetryMetrics.End.ok
        for case .failure(let error) in results {
            if case .cancelled = error { return .cancelled }
            end = .failed
        }
        return end
    }
}
