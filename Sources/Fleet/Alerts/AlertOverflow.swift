import ResilienceWire

/// Limits the alerts of one rule that fire at once. Thousands of alerts help no operator and would
/// delay all others; one alert tells that there are more.
struct AlertOverflow {
    /// The most alerts of a rule.
    static let limit = 1_000

    /// The alerts that may still begin in this round.
    private var room = 0
    /// The subjects without room in this round.
    private var left = 0
    /// The ids of the alerts that tell of more, by rule.
    private var ids: [String: String] = [:]

    /// Begins a round of a rule with this number of alerts.
    mutating func begin(alerts: Int) {
        (room, left) = (Self.limit - alerts, 0)
    }

    /// Whether a further alert may begin. Counts it if so.
    mutating func take() -> Bool {
        guard room > 0 else {
            left += 1
            return false
        }
        room -= 1
        return true
    }

    /// Ends a round of a rule.
    ///
    /// - Parameter now: the time in Unix milliseconds.
    /// - Returns: the alert that there are more begins or ends; `nil` if nothing changes.
    mutating func end(_ rule: String, at now: Int64) -> Alert? {
        if left > 0, ids[rule] == nil {
            let id = "\(now)-more-\(rule)"
            ids[rule] = id
            return alert(
                id, rule, isFiring: true,
                "fires for more than \(Self.limit) subjects: the others are not shown")
        }
        return left == 0 ? forget(rule) : nil
    }

    /// Ends the alert of a rule that does not exist any more.
    mutating func forget(_ rule: String) -> Alert? {
        ids.removeValue(forKey: rule).map {
            alert($0, rule, isFiring: false, "all alerts of the rule are shown")
        }
    }

    private func alert(_ id: String, _ rule: String, isFiring: Bool, _ detail: String) -> Alert {
        Alert(id: id, rule: rule, firing: isFiring, about: "hub", detail: detail)
    }
}
