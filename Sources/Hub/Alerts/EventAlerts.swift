/// Alerts about events that may repeat often, such as refused connections. An alert fires from the
/// first event of its subject until ``durationMS`` after the last one. Times are CLOCK_MONOTONIC
/// milliseconds.
struct EventAlerts<Subject: Hashable> {
    private struct Events {
        var count = 0
        var last: Double
    }

    /// How long an alert fires after the last event, in milliseconds.
    static var durationMS: Double { 60_000 }

    private var events: [Subject: Events] = [:]

    /// Records an event.
    ///
    /// - Returns: whether the alert did not fire before.
    mutating func fire(_ subject: Subject, at now: Double) -> Bool {
        let count = events[subject]?.count ?? 0
        events[subject] = Events(count: count + 1, last: now)
        return count == 0
    }

    /// Removes the alerts that are over. Returns their subjects, each with the number of its events.
    mutating func end(at now: Double) -> [(subject: Subject, count: Int)] {
        let over = events.filter { now - $0.value.last >= Self.durationMS }
        for subject in over.keys { events[subject] = nil }
        return over.map { ($0.key, $0.value.count) }
    }
}
