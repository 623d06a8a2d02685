public import ResilienceWire

extension Fleet {
    /// The journal lines that an earlier state of the fleet did not have, oldest first. After a
    /// keyframe has replaced missed lines, these are the events that happened meanwhile.
    public func news(since earlier: Fleet) -> [Line] {
        let known = Dictionary(grouping: earlier.journal, by: \.at)
        return journal.filter { line in known[line.at]?.contains(line) != true }
    }
}
