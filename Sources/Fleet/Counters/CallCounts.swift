public import ResilienceWire

/// Numbers of calls by outcome: the fields of ``Counters`` that are cheap to sum.
public struct CallCounts: Equatable, Sendable {
    /// Calls that ended with a result.
    public internal(set) var ok = 0
    /// Calls that ended with an error.
    public internal(set) var failed = 0
    /// Calls that were rejected before any attempt ran.
    public internal(set) var rejected = 0
    /// Attempts made.
    public internal(set) var attempts = 0

    /// Creates counts of zero.
    public init() {}

    /// Takes the call counts from counters.
    public init(_ counters: Counters) {
        ok = counters.ok
        failed = counters.failed
        rejected = counters.rejected
        attempts = counters.attempts
    }

    /// Adds other counts. A sum is at most 2^53 - 1.
    public mutating func add(_ other: CallCounts) {
        ok = bounded(ok, other.ok)
        failed = bounded(failed, other.failed)
        rejected = bounded(rejected, other.rejected)
        attempts = bounded(attempts, other.attempts)
    }

    /// Calls that ended ok or failed.
    public var ran: Int { ok + failed }

    /// All requested calls: ok, failed and rejected.
    public var wanted: Int { ran + rejected }

    /// The share of ``wanted`` calls that ended ok; `nil` without calls.
    public var servedRate: Double? { wanted == 0 ? nil : Double(ok) / Double(wanted) }

    /// Attempts per call that ran; `nil` without calls.
    public var amplification: Double? { ran == 0 ? nil : Double(attempts) / Double(ran) }
}
