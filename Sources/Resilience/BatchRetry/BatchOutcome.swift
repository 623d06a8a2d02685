/// The outcome of each item of a batch.
public struct BatchOutcome<Success, Failure: Error> {
    /// The success or last error of each item, in the order of the items.
    public let results: [Result<Success, CallError<Failure>>]
    /// The number of times that the operation ran.
    public let attempts: Int
    /// The reason why the failed items were not retried; `nil` if no item failed or the caller was
    /// cancelled.
    public let stopped: Stop?

    /// The indices of the items that failed.
    public var failed: [Int] {
        results.indices.filter { index in
            if case .failure = results[index] { true } else { false }
        }
    }
}

extension BatchOutcome: Sendable where Success: Sendable {}
