import Fleet

/// The order of the table's rows.
struct Sort: Equatable, Sendable {
    /// What they are ordered by.
    enum Key: String, CaseIterable, Sendable {
        case risk, name, served, failures, tries
    }

    /// The order, worst first, or by name.
    var key = Key.risk
    /// The other way round.
    var isReversed = false

    /// How long an order holds still, in milliseconds.
    static let holdMS: Int64 = 3_000

    /// Goes on to the next order.
    mutating func cycle() {
        let keys = Key.allCases
        let index = keys.firstIndex(of: key) ?? 0
        key = keys[(index + 1) % keys.count]
        isReversed = false
    }

    /// The rows in this order; those that are equal in it by name.
    func sorted(_ rows: [Row]) -> [Row] {
        let sorted =
            switch key {
            case .risk: rows.sorted(by: Risk.init, >)
            case .name: rows.sorted { $0.id < $1.id }
            // Without calls there is nothing to worry about.
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
