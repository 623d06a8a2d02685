public import ResilienceWire

extension Fleet {
    /// An alert that fires, or would if it were not silenced.
    public struct FiringAlert: Equatable, Sendable {
        /// As it was told last.
        public internal(set) var alert: Alert
        /// Unix milliseconds at which it was told first.
        public let since: Int64

        /// As it is kept, with the time at which it was told first.
        public var line: Line { Line(at: since, .alert(alert)) }
    }
}

extension Alert {
    /// The rule of the alert that a hub's own recording has stopped.
    public static let recordingRule = "recording"
    /// The rule of the alert that a hub could not read its `config.yaml` again.
    public static let configRule = "config"
    /// The rule of the alert that commands are not written to the audit log.
    public static let auditRule = "audit"
}

extension [Fleet.FiringAlert] {
    /// Takes in what a hub tells of an alert.
    mutating func take(_ alert: Alert, at time: Int64) {
        guard alert.firing else {
            removeAll { $0.alert.id == alert.id }
            return
        }
        if let index = firstIndex(where: { $0.alert.id == alert.id }) {
            self[index].alert = alert
        } else {
            append(Fleet.FiringAlert(alert: alert, since: time))
        }
    }

    /// The lines of those that a journal, which forgets its oldest lines, does not tell of any more.
    func lines(besides journal: [Line]) -> [Line] {
        let told = Set(
            journal.compactMap { line in
                if case .alert(let alert) = line.message {
                    "\(line.at ?? 0) \(alert.id)"
                } else {
                    nil
                }
            })
        return filter { !told.contains("\($0.since) \($0.alert.id)") }.map(\.line)
    }
}
