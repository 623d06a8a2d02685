/// How many calls ended how: what of ``Counters`` is cheap to add up.
struct CallCounts: Equatable {
    var ok = 0
    var failed = 0
    var rejected = 0
    var attempts = 0

    mutating func add(_ other: CallCounts) {
        ok = bounded(ok, other.ok)
        failed = bounded(failed, other.failed)
        rejected = bounded(rejected, other.rejected)
        attempts = bounded(attempts, other.attempts)
    }

    /// Calls that ended ok or failed.
    var ran: Int { ok + failed }

    /// Calls that somebody wanted.
    var wanted: Int { ran + rejected }

    /// The share of these that was served; `nil` without calls.
    var servedRate: Double? { wanted == 0 ? nil : Double(ok) / Double(wanted) }

    /// Attempts per call that ran; `nil` without calls.
    var amplification: Double? { ran == 0 ? nil : Double(attempts) / Double(ran) }
}
