import Fleet
import ResilienceWire
import Screen

/// The limits of the selected row, one of which is to be chosen. Nothing is changed from here.
struct LimitList: Sendable {
    /// What comes of a key.
    enum Answer: Equatable, Sendable {
        /// The list stays.
        case stay
        /// Nothing is to be done.
        case cancel
        /// A limit was chosen.
        case choose(LimitReading)
    }

    /// The row that it is about.
    let row: RowID
    /// The row's name.
    let name: String
    /// How many instances have them.
    let instances: Int
    /// The limits; at least one.
    let entries: [LimitEntry]
    /// The one that is selected.
    private(set) var index = 0

    /// The limits of a row that may be changed.
    init(_ row: Row, in fleet: Fleet) throws(OrderTarget.Impossible) {
        let whom = try OrderTarget(row, offering: .setLimit, in: fleet)
        self.row = row.id
        name = whom.name
        instances = whom.members.count
        entries = LimitEntry.all(of: whom.members, in: fleet)
        guard !entries.isEmpty else { throw OrderTarget.Impossible(why: "\(name) has no limits") }
    }

    /// Goes to the limit of a name; whether there is one.
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
