import Fleet
import ResilienceWire

/// The few counts by which rows are ordered and judged; cheap, unlike merging histograms, because
/// every row is tallied with every tick.
struct Tally: Equatable, Sendable {
    private(set) var ok = 0
    private(set) var failed = 0
    private(set) var rejected = 0
    private(set) var attempts = 0

    /// Nothing.
    init() {}

    /// What ended within the last `span` milliseconds, to whole slots, over all windows.
    init(_ windows: [Window], last span: Int64, at now: Int64) {
        let earliest = now - now % Window.slotMS - span + Window.slotMS
        for window in windows {
            for slot in window.slots.reversed() {
                guard slot.start >= earliest else { break }
                ok = sum(ok, slot.counters.ok)
                failed = sum(failed, slot.counters.failed)
                rejected = sum(rejected, slot.counters.rejected)
                attempts = sum(attempts, slot.counters.attempts)
            }
        }
    }

    /// This and another's.
    func adding(_ other: Tally) -> Tally {
        var both = self
        both.ok = sum(ok, other.ok)
        both.failed = sum(failed, other.failed)
        both.rejected = sum(rejected, other.rejected)
        both.attempts = sum(attempts, other.attempts)
        return both
    }

    /// Calls that ended ok or failed.
    var ran: Int { ok + failed }
    /// Calls that somebody wanted.
    var wanted: Int { ok + failed + rejected }
    /// Calls that somebody wanted in vain.
    var unserved: Int { failed + rejected }

    /// ok / (ok + failed + rejected); `nil` without calls.
    var servedRate: Double? {
        wanted == 0 ? nil : Double(ok) / Double(wanted)
    }

    /// Attempts per call that ran; `nil` without calls.
    var amplification: Double? {
        ran == 0 ? nil : Double(attempts) / Double(ran)
    }

    /// Counts come from outside, and stay far below what would overflow when added up.
    private func sum(_ a: Int, _ b: Int) -> Int { min(a + b, 1 << 53) }
}
