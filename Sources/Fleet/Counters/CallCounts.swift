public import ResilienceWire

/// How many calls ended how: what of ``Counters`` is cheap to add up.
public struct CallCounts: Equatable, Sendable {
    /// Calls that ended with a result.
    public internal(set) var ok = 0
    /// Calls that ended with an error.
    public internal(set) var failed = 0
    /// Calls of which no attempt ran.
    public internal(set) var rejected = 0
    /// Attempts made.
    public internal(set) var attempts = 0

    /// Nothing.
    public init() {}

    /// The calls of what was counted.
    public init(_ counters: Counters) {
        ok = counters.ok
        failed = counters.failed
        rejected = counters.rejected
        attempts = counters.attempts
    }

    /// Adds another's calls; a sum that is too large stays at 2^53 - 1.
    public mutating func add(_ other: CallCounts) {
        ok = bounded(ok, other.ok)
        failed = bounded(failed, other.failed)
        rejected = bounded(rejected, other.rejected)
        attempts = bounded(attempts, other.attempts)
    }

    /// Calls that ended ok or failed.
    public var ran: Int { ok + failed }

    /// Calls that somebody wanted.
    public var wanted: Int { ran + rejected }

    /// The share of these that was served; `nil` without calls.
    public var servedRate: Double? { wanted == 0 ? nil : Double(ok) / Double(wanted) }

    /// Attempts per call that ran; `nil` without calls.
    public var amplification: Double? { ran == 0 ? nil : Double(attempts) / Double(ran) }
}
