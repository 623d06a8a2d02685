public import ResilienceWire

extension Fleet {
    /// The addresses that are most like another one, nearest first, by Levenshtein's edit distance.
    ///
    /// - Parameter limit: how many addresses are returned at most.
    public func addresses(nearest address: Address, limit: Int = 5) -> [String] {
        let known = Set(
            agents.values.flatMap { agent in
                agent.strategies.keys.map { "\(agent.id.agent):\($0)" }
            })
        let wanted = Array("\(address)".utf8)
        let all = known.map { (name: $0, distance: editDistance(wanted, Array($0.utf8))) }
        return all.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(limit).map(
            \.name)
    }
}

/// The number of insertions, removals and replacements that make one text another (Levenshtein 1966).
private func editDistance(_ one: [UInt8], _ other: [UInt8]) -> Int {
    var row = Array(0...other.count)
    for (index, byte) in one.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for (column, second) in other.enumerated() {
            let replaced = diagonal + (byte == second ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
        }
    }
    return row[other.count]
}
