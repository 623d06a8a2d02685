/// What became of each item of a batch.
public struct BatchOutcome<Success, Failure: Error> {
    /// Each item's success or last error, in the order of the items.
    public let results: [Result<Success, CallError<Failure>>]
    /// How often the operation ran.
    public let attempts: Int
    /// Why what failed was not tried again; `nil` where nothing failed or the caller was cancelled.
    public let stopped: Stop?

    /// The indices of the items that failed.
    public var failed: [Int] {
        results.indices.filter { index in
            if case .failure = results[index] { true } else { false }
        }
    }
}

extension BatchOutcome: Sendable where Success: Sendable {}
