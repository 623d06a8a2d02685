import Fleet
import ResilienceWire

/// The strategies of all agents in which an error type happened in the last five minutes.
struct ErrorView: Sendable {
    /// A strategy in which the error type happened.
    struct Place: Sendable {
        /// The folded row of the strategy.
        let row: Row
        /// Failed attempts of the type in five minutes, oldest slot first.
        let series: [Int]
        /// Failed attempts of all types.
        let failures: Int
        /// The latest error message; `nil` if the agent does not send messages.
        let message: String?

        /// Failed attempts of the type.
        var count: Int { series.reduce(0, +) }
        /// The share of all failed attempts of the strategy.
        var share: Double { Double(count) / Double(max(1, failures)) }
    }

    let type: String
    /// The places, most errors first. The order is kept for a few seconds.
    private(set) var places: [Place] = []
    private(set) var selection: RowID?
    private var sortedAt: Int64?

    init(_ type: String) {
        self.type = type
    }

    /// The index of the selected place.
    var selectedIndex: Int? { places.firstIndex { $0.row.id == selection } }

    /// The selected strategy.
    var selectedRow: Row? { selectedIndex.map { places[$0].row } }

    /// Updates the places from the folded rows of a fleet.
    ///
    /// - Parameter holdsStill: whether places must keep their order and none may be removed.
    mutating func take(_ rows: [Row], at now: Int64, holdsStill: Bool) {
        let found = rows.compactMap { Place($0, type, at: now) }
        let known = Dictionary(uniqueKeysWithValues: found.map { ($0.row.id, $0) })
        guard !holdsStill else {
            let rows = Dictionary(uniqueKeysWithValues: rows.map { ($0.id, $0) })
            places = places.map { place in
                known[place.row.id] ?? rows[place.row.id].map { Place(quiet: $0) } ?? place
            }
            return
        }
        let isDue = sortedAt.map { now - $0 >= Sort.holdMS || now < $0 } ?? true
        let kept = isDue ? [] : places.compactMap { known[$0.row.id] }
        let keptIDs = Set(kept.map(\.row.id))
        let index = selectedIndex
        places =
            kept
            + found.filter { !keptIDs.contains($0.row.id) }
            .sorted { ($1.count, $0.row.id) < ($0.count, $1.row.id) }
        if isDue { sortedAt = places.isEmpty ? nil : now }
        guard selectedIndex == nil, !places.isEmpty else { return }
        selection = places[min(index ?? 0, places.count - 1)].row.id
    }

    /// Selects the place of a strategy, if it is in the list.
    mutating func select(_ id: RowID?) {
        if places.contains(where: { $0.row.id == id }) { selection = id }
    }

    /// Moves the selection within the list.
    mutating func move(_ movement: Movement, page: Int) {
        guard !places.isEmpty else { return }
        let index = movement.target(
            from: selectedIndex ?? 0, page: page, last: places.count - 1)
        selection = places[index].row.id
    }

    /// All error types of these rows in five minutes, the most frequent first.
    static func types(in rows: [Row]) -> [String] {
        var counts: [String: Int] = [:]
        for member in rows.flatMap(\.members) {
            for slot in member.strategy.window.slots {
                for error in slot.counters.errors {
                    counts[error.type] = bounded(counts[error.type] ?? 0, error.count)
                }
            }
        }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }
}

extension ErrorView.Place {
    /// Creates the place of a strategy in which the type does not happen any more.
    fileprivate init(quiet row: Row) {
        self.row = row
        series = [Int](repeating: 0, count: Window.slotCount)
        failures = 0
        message = nil
    }

    /// Returns `nil` if the type did not happen. It sums only this count, unlike ``Row/counters``,
    /// because it runs for every row.
    fileprivate init?(_ row: Row, _ type: String, at now: Int64) {
        var series = [Int](repeating: 0, count: Window.slotCount)
        var failures = 0
        var message: String?
        for member in row.members {
            let slots = member.strategy.window.series(Window.slotCount, at: now)
            for (index, counters) in slots.enumerated() {
                guard let counters else { continue }
                for error in counters.errors {
                    failures = bounded(failures, error.count)
                    guard error.type == type else { continue }
                    series[index] = bounded(series[index], error.count)
                }
                message = counters.messages.first { $0.type == type }?.text ?? message
            }
        }
        guard series.contains(where: { $0 > 0 }) else { return nil }
        self.row = row
        self.series = series
        self.failures = failures
        self.message = message
    }
}
