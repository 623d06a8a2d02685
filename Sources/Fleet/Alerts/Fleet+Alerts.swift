public import ResilienceWire

extension Fleet {
    /// An alert that fires or is silenced.
    public struct FiringAlert: Equatable, Sendable {
        /// The alert as last published.
        public internal(set) var alert: Alert
        /// The time of its first publication in Unix milliseconds.
        public let since: Int64

        /// The alert as a protocol line with the time of its first publication.
        public var line: Line { Line(at: since, .alert(alert)) }
    }
}

extension Alert {
    /// The rule name of the alert "the hub's own recording has stopped".
    public static let recordingRule = "recording"
    /// The rule name of the alert "the hub could not reload `config.yaml`".
    public static let configRule = "config"
    /// The rule name of the alert "commands are not written to the audit log".
    public static let auditRule = "audit"
    /// The rule name of the alert "an agent's client does not support a library of its program".
    public static let libraryRule = "library"
}

extension [Fleet.FiringAlert] {
    /// Applies an alert line: adds or updates a firing alert, removes a resolved one.
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

    /// The lines of the alerts whose first publication is no longer in the bounded journal.
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
