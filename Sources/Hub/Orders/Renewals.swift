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

    /// What became of an order that was sent again.
    enum Outcome {
        /// The strategy does not follow it.
        case owed
        /// The strategy follows it at present.
        case followed
        /// The order has ended, or the agent is gone.
        case over
    }

    private struct Renewal {
        var at: Double
        var count: Int

        /// The time until the order may be sent again.
        var wait: Double {
            var wait = Renewals.firstMS
            for _ in 1..<min(count, 8) { wait *= 2 }
            return min(wait, Renewals.longestMS)
        }
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
        guard now - known.at >= known.wait else { return nil }
        known.at = now
        known.count += 1
        renewals[key] = known
        count += 1
        return known.count
    }

    /// Removes the entries that are over, and those that a strategy has followed for twice the wait:
    /// one that follows an order and leaves it again by turns has to wait longer each time.
    ///
    /// - Returns: the removed entries whose agent an alert has named.
    mutating func forget(at now: Double, _ outcome: (Key) -> Outcome) -> [Key] {
        let over = renewals.filter { key, renewal in
            switch outcome(key) {
            case .owed: false
            case .followed: now - renewal.at >= 2 * renewal.wait
            case .over: true
            }
        }
        for key in over.keys { renewals[key] = nil }
        return over.filter { $0.value.count >= Self.patience }.map(\.key)
    }

    /// Whether no renewals are recorded.
    var isEmpty: Bool { renewals.isEmpty }
}
