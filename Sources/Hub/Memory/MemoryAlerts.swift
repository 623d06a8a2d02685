import ResilienceWire

/// The alerts about peers whose memory the hub freed for exceeding the budget. Times are
/// CLOCK_MONOTONIC milliseconds.
struct MemoryAlerts {
    /// A peer that an alert is about.
    enum Subject: Hashable {
        case instance(InstanceID)
        /// Disconnected viewers and operators that did not read.
        case viewers
    }

    /// How long an alert fires after the last time that memory was freed, in milliseconds.
    static let durationMS = 60_000.0

    /// When memory of each subject was last freed.
    private var times: [Subject: Double] = [:]

    /// Starts an alert, or makes it last longer.
    ///
    /// - Returns: whether the alert did not fire before.
    mutating func fire(_ subject: Subject, at now: Double) -> Bool {
        times.updateValue(now, forKey: subject) == nil
    }

    /// Removes the alerts that are over, and returns their subjects.
    mutating func end(at now: Double) -> [Subject] {
        let over = times.filter { now - $0.value >= Self.durationMS }.map(\.key)
        for subject in over { times[subject] = nil }
        return over
    }
}
