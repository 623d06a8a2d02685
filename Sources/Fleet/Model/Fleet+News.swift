public import ResilienceWire

extension Fleet {
    /// What its journal has that an earlier one had not, oldest first: what happened while lines were
    /// missed, where a keyframe took their place.
    public func news(since earlier: Fleet) -> [Line] {
        let known = Dictionary(grouping: earlier.journal, by: \.at)
        return journal.filter { line in known[line.at]?.contains(line) != true }
    }
}
