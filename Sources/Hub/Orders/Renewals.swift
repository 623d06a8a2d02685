import ResilienceWire

/// When standing orders were given again to strategies that are not under them: an agent that answers and
/// does not obey is asked ever less often, so that it cannot fill the audit log.
struct Renewals {
    /// A standing order at a strategy of an instance.
    struct Key: Hashable {
        let order: String
        let instance: InstanceID
        let strategy: String
    }

    private struct Renewal {
        var at: Double
        var count: Int
    }

    /// The first wait in milliseconds, which doubles up to the longest.
    private static let firstMS = 5_000.0
    private static let longestMS = 320_000.0
    /// After so many without effect the agent is said not to obey.
    static let patience = 3

    private var renewals: [Key: Renewal] = [:]

    /// Takes down that an order is given again, where it is time for that; how often it was, or `nil`.
    mutating func renew(_ key: Key, at now: Double) -> Int? {
        guard var known = renewals[key] else {
            renewals[key] = Renewal(at: now, count: 1)
            return 1
        }
        var wait = Self.firstMS
        for _ in 1..<min(known.count, 8) { wait *= 2 }
        guard now - known.at >= min(wait, Self.longestMS) else { return nil }
        known.at = now
        known.count += 1
        renewals[key] = known
        return known.count
    }

    /// Forgets those that do not fit; the ones that were said not to obey.
    mutating func forget(where isOver: (Key) -> Bool) -> [Key] {
        let over = renewals.filter { isOver($0.key) }
        for key in over.keys { renewals[key] = nil }
        return over.filter { $0.value.count >= Self.patience }.map(\.key)
    }

    /// Whether there are none.
    var isEmpty: Bool { renewals.isEmpty }
}
