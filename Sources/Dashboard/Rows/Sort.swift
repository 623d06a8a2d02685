import Fleet

/// The order of the table's rows.
struct Sort: Equatable, Sendable {
    /// The sort key.
    enum Key: String, CaseIterable, Sendable {
        case risk, name, served, failures, tries
    }

    /// The present sort key. All keys but `name` put the worst row first.
    var key = Key.risk
    /// Whether the order is reversed.
    var isReversed = false

    /// The time for which rows keep their order, in milliseconds.
    static let holdMS: Int64 = 3_000

    /// Changes to the next sort key.
    mutating func cycle() {
        let keys = Key.allCases
        let index = keys.firstIndex(of: key) ?? 0
        key = keys[(index + 1) % keys.count]
        isReversed = false
    }

    /// Sorts rows. Equal rows are sorted by name.
    func sorted(_ rows: [Row]) -> [Row] {
        let sorted =
            switch key {
            case .risk: rows.sorted(by: Risk.init, >)
            case .name: rows.sorted { $0.id < $1.id }
            // Rows without calls come last.
            case .served: rows.sorted(by: { $0.minute.servedRate ?? 2 }, <)
            case .failures: rows.sorted(by: { $0.failedRate + $0.rejectedRate }, >)
            case .tries: rows.sorted(by: { $0.minute.amplification ?? 0 }, >)
            }
        return isReversed ? sorted.reversed() : sorted
    }
}

extension [Row] {
    fileprivate func sorted<Value: Comparable>(
        by value: (Row) -> Value, _ precedes: (Value, Value) -> Bool
    ) -> [Row] {
        map { (row: $0, value: value($0)) }
            .sorted { $0.value == $1.value ? $0.row.id < $1.row.id : precedes($0.value, $1.value) }
            .map(\.row)
    }
}
