import Fleet
import ResilienceWire
import Screen

/// A list of the selected row's limits, to choose one. It does not change any limit.
struct LimitList: Sendable {
    /// The result of a key.
    enum Answer: Equatable, Sendable {
        /// The list stays open.
        case stay
        /// The list is closed without a choice.
        case cancel
        /// A limit was chosen.
        case choose(LimitReading)
    }

    /// The row that has the limits.
    let row: RowID
    /// The row's name.
    let name: String
    /// The number of instances in the row.
    let instances: Int
    /// The limits; at least one.
    let entries: [LimitEntry]
    /// The index of the selected limit.
    private(set) var index = 0

    /// Creates the list. Throws `OrderTarget.Rejected` if the row's limits cannot be changed.
    init(_ row: Row, in fleet: Fleet) throws(OrderTarget.Rejected) {
        let target = try OrderTarget(row, offering: .setLimit, in: fleet)
        self.row = row.id
        name = target.name
        instances = target.members.count
        entries = LimitEntry.all(of: target.members, in: fleet)
        guard !entries.isEmpty else { throw OrderTarget.Rejected(why: "\(name) has no limits") }
    }

    /// Selects the limit with a name. Returns `false` if there is none.
    mutating func select(_ name: String) -> Bool {
        guard let found = entries.firstIndex(where: { $0.reading.name == name }) else {
            return false
        }
        index = found
        return true
    }

    /// Handles a key.
    mutating func handle(_ key: Key) -> Answer {
        switch key {
        case .escape, .character("q"): return .cancel
        case .enter: return .choose(entries[index].reading)
        case .up, .backTab, .character("k"): index = max(0, index - 1)
        case .down, .tab, .character("j"): index = min(entries.count - 1, index + 1)
        case .home: index = 0
        case .end: index = entries.count - 1
        case .character, .left, .right, .pageUp, .pageDown, .backspace, .delete, .control, .paste:
            break
        }
        return .stay
    }
}
