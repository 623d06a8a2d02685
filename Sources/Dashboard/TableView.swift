import Fleet
import ResilienceWire

/// The table as it is looked at: which rows, in which order, and which one is selected.
struct TableView: Sendable {
    /// The rows that are shown, top to bottom, unfolded instances among them.
    private(set) var rows: [Row] = []
    /// How many rows there are without the filter, replicas folded.
    private(set) var total = 0
    /// The selected row, wherever it stands.
    var selection: RowID?
    /// The first row in view.
    var offset = 0
    var sort = Sort() {
        didSet { if sort != oldValue { sortedAt = nil } }
    }
    var filter = Filter() {
        didSet { if filter != oldValue { sortedAt = nil } }
    }

    private var unfolded: Set<RowID> = []
    /// The folded rows in their order.
    private var order: [RowID] = []
    private var known: [RowID: Row] = [:]
    /// When they were put in order; `nil` to do it anew.
    private var sortedAt: Int64?

    /// Where the selected row stands.
    var selectedIndex: Int? {
        selection.flatMap { id in rows.firstIndex { $0.id == id } }
    }

    /// Whether the instances of a row are shown under it.
    func isUnfolded(_ id: RowID) -> Bool { unfolded.contains(id) }

    /// Shows or hides the instances of a folded row.
    mutating func toggle(_ id: RowID) {
        if unfolded.remove(id) == nil { unfolded.insert(id) }
    }

    /// Takes over the folded rows of a fleet.
    ///
    /// - Parameter holdsStill: whether no row may move or go, whatever happened.
    mutating func take(_ folded: [Row], at now: Int64, holdsStill: Bool) {
        let matching = folded.filter(filter.matches)
        let present = Dictionary(uniqueKeysWithValues: matching.map { ($0.id, $0) })
        total = folded.count
        if holdsStill {
            // A row that went stays as it was last seen.
            known.merge(present) { $1 }
        } else {
            known = present
            order.removeAll { present[$0] == nil }
        }
        let isDue = sortedAt.map { now - $0 >= Sort.holdMS || now < $0 } ?? true
        if isDue, !holdsStill {
            order = sort.sorted(matching).map(\.id)
            // Rows that came before the order was made are not yet an order to hold.
            sortedAt = order.isEmpty ? nil : now
        } else {
            let ordered = Set(order)
            order += sort.sorted(matching.filter { !ordered.contains($0.id) }).map(\.id)
        }
        let fallback = selectedIndex
        rows = order.compactMap { known[$0] }.flatMap { row in
            row.isFolded && unfolded.contains(row.id)
                ? [row] + Rows.instances(of: row, at: now) : [row]
        }
        keepSelection(near: fallback)
    }

    /// Moves the selection; it stops at the ends.
    mutating func select(index: Int) {
        guard !rows.isEmpty else { return }
        selection = rows[min(max(0, index), rows.count - 1)].id
    }

    /// A selected row that went is followed by the one that came into its place.
    private mutating func keepSelection(near index: Int?) {
        guard selectedIndex == nil else { return }
        if let selection, rows.contains(where: { $0.id == selection.folded }) {
            self.selection = selection.folded
        } else if let index {
            select(index: index)
        } else if selection == nil || !rows.isEmpty {
            selection = rows.first?.id
        }
    }
}
