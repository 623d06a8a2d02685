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

    mutating func add(_ other: CallCounts) {
        ok = bounded(ok, other.ok)
        failed = bounded(failed, other.failed)
        rejected = bounded(rejected, other.rejected)
        attempts = bounded(attempts, other.attempts)
    }

    /// Calls that ended ok or failed.
    public var ran: Int { ok + failed }

    /// Calls that somebody wanted.
    var wanted: Int { ran + rejected }

    /// The share of these that was served; `nil` without calls.
    var servedRate: Double? { wanted == 0 ? nil : Double(ok) / Double(wanted) }

    /// Attempts per call that ran; `nil` without calls.
    var amplification: Double? { ran == 0 ? nil : Double(attempts) / Double(ran) }
}
