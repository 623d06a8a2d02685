public import Fleet
public import ResilienceWire

/// A line of the stream as a line of text, in the journal's words.
public enum EventText {
    /// What happened, and when; `nil` for lines that are no event.
    ///
    /// - Parameter fleet: the instances that there are, among which one is named.
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
