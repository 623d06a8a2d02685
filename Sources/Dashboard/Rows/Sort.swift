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
        sorted(rows, row: { $0 }, risk: Risk.init) { $0.id < $1.id }
    }

    /// Sorts places of a book, in which the rows are sorted by name.
    func sorted(_ places: [Int], of book: RowBook) -> [Int] {
        sorted(places, row: { book.rows[$0] }, risk: { book.marks[$0].risk }, byName: <)
    }

    private func sorted<Element>(
        _ all: [Element], row: (Element) -> Row, risk: (Element) -> Risk,
        byName: (Element, Element) -> Bool
    ) -> [Element] {
        let sorted =
            switch key {
            case .risk: all.sorted(by: risk, >, byName)
            case .name: all.sorted(by: byName)
            // Rows without calls come last.
            case .served: all.sorted(by: { row($0).minute.servedRate ?? 2 }, <, byName)
            case .failures:
                all.sorted(by: { row($0).failedRate + row($0).rejectedRate }, >, byName)
            case .tries: all.sorted(by: { row($0).minute.amplification ?? 0 }, >, byName)
            }
        return isReversed ? sorted.reversed() : sorted
    }
}

extension Array {
    fileprivate func sorted<Value: Comparable>(
        by value: (Element) -> Value, _ precedes: (Value, Value) -> Bool,
        _ byName: (Element, Element) -> Bool
    ) -> [Element] {
        map { (element: $0, value: value($0)) }
            .sorted {
                $0.value == $1.value
                    ? byName($0.element, $1.element) : precedes($0.value, $1.value)
            }
            .map(\.element)
    }
}
