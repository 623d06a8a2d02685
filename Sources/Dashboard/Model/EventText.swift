public import Fleet
public import ResilienceWire

/// Formats a line of the stream as text, in the words of the journal.
public enum EventText {
    /// The time and the event as text; `nil` for lines that are not events.
    ///
    /// - Parameter fleet: the fleet whose instances determine the length of instance names.
    public static func line(_ line: Line, in fleet: Fleet) -> String? {
        let time = Format.clock(line.at ?? 0) + "Z"
        if case .commandStatus(let status) = line.message {
            guard status.status != .sent else { return nil }
            let took = status.tookMS.map { " " + Format.took(milliseconds: $0) } ?? ""
            let detail = status.detail.map { ": \($0)" } ?? ""
            let name = status.instance.map(fleet.name) ?? "nobody"
            return
                "\(time) -> \(name) \(status.status.rawValue.replacing("_", with: " "))\(took)\(detail)"
        }
        return JournalEntry(line, in: fleet).map { "\(time) \($0.text)" }
    }
}
