/// Limits the entries of the audit log about agents that start under standing orders. Operators'
/// commands are always written. Without the limit, an agent that starts over and over would push
/// them out of the log, whose size is limited; with it, the log reaches back a week.
struct AuditAllowance {
    /// The most entries at once.
    static let burst = 10_000.0
    /// The entries per second after a burst.
    static let perSecond = 1.0

    private var left = Self.burst
    /// When the allowance last grew, in CLOCK_MONOTONIC milliseconds.
    private var filledAt: Double

    /// - Parameter now: the time in CLOCK_MONOTONIC milliseconds.
    init(at now: Double) { filledAt = now }

    /// Whether an entry may be written. Counts it if so.
    mutating func take(at now: Double) -> Bool {
        left = min(Self.burst, left + max(0, now - filledAt) / 1_000 * Self.perSecond)
        filledAt = now
        guard left >= 1 else { return false }
        left -= 1
        return true
    }
}
