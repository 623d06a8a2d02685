import ResilienceWire

/// Records when the hub sent standing orders again to strategies that do not follow them. The wait
/// doubles with each renewal, so that an agent which answers but does not obey cannot fill the
/// audit log.
struct Renewals {
    /// A standing order for one strategy of one instance.
    struct Key: Hashable {
        let order: String
        let instance: InstanceID
        let strategy: String
    }

    private struct Renewal {
        var at: Double
        var count: Int
    }

    /// The first wait in milliseconds. It doubles with each renewal, up to ``longestMS``.
    private static let firstMS = 5_000.0
    private static let longestMS = 320_000.0
    /// The number of renewals without effect after which an alert names the agent.
    static let patience = 3

    /// The time between two checks of all orders, in milliseconds.
    private static let checkMS = 5_000.0

    private var renewals: [Key: Renewal] = [:]
    /// The number of all renewals.
    private(set) var count = 0
    /// When all orders were last checked, in CLOCK_MONOTONIC milliseconds.
    private var checkedAt: Double

    /// - Parameter now: the time in CLOCK_MONOTONIC milliseconds.
    init(at now: Double) {
        checkedAt = now
    }

    /// Whether the check of all orders is due. Records it if it is.
    mutating func isCheckDue(at now: Double) -> Bool {
        guard now - checkedAt >= Self.checkMS else { return false }
        checkedAt = now
        return true
    }

    /// Records a renewal if the wait since the last one is over.
    ///
    /// - Returns: the number of renewals so far, or `nil` if it is too early.
    mutating func renew(_ key: Key, at now: Double) -> Int? {
        guard var known = renewals[key] else {
            renewals[key] = Renewal(at: now, count: 1)
            count += 1
            return 1
        }
        var wait = Self.firstMS
        for _ in 1..<min(known.count, 8) { wait *= 2 }
        guard now - known.at >= min(wait, Self.longestMS) else { return nil }
        known.at = now
        known.count += 1
        renewals[key] = known
        count += 1
        return known.count
    }

    /// Removes the entries that match.
    ///
    /// - Returns: the removed entries whose agent an alert has named.
    mutating func forget(where isOver: (Key) -> Bool) -> [Key] {
        let over = renewals.filter { isOver($0.key) }
        for key in over.keys { renewals[key] = nil }
        return over.filter { $0.value.count >= Self.patience }.map(\.key)
    }

    /// Whether no renewals are recorded.
    var isEmpty: Bool { renewals.isEmpty }
}
