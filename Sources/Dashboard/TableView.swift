import Fleet
import ResilienceWire
import Screen

/// The table as it is looked at: which rows, in which order, and which one is selected.
struct TableView: Sendable {
    /// The rows that are shown, top to bottom, unfolded ones with their parts.
    private(set) var rows: [Row] = []
    /// The columns that the longest names of these rows take.
    private(set) var nameWidths = (first: 0, second: 0)
    /// How many rows there are without the filter, folded.
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
    /// What the rows stand for.
    var grouping = Grouping.none {
        didSet { if grouping != oldValue { sortedAt = nil } }
    }
    /// The one agent whose strategies are shown, whatever the grouping.
    var agent: String? {
        didSet { if agent != oldValue { sortedAt = nil } }
    }

    private var unfolded: Set<RowID> = []
    /// The parts of a row in their order; of `nil` the folded rows.
    private var orders: [RowID?: [RowID]] = [:]
    private var known: [RowID: Row] = [:]
    /// When they were put in order; `nil` to do it anew.
    private var sortedAt: Int64?

    /// How many folded rows the filter lets through.
    var count: Int { orders[nil]?.count ?? 0 }

    /// Where the selected row stands.
    var selectedIndex: Int? {
        selection.flatMap { id in rows.firstIndex { $0.id == id } }
    }

    /// Whether the parts of a row are shown under it.
    func isUnfolded(_ id: RowID) -> Bool { unfolded.contains(id) }

    /// Shows or hides the parts of a folded row.
    mutating func toggle(_ id: RowID) {
        if unfolded.remove(id) == nil { unfolded.insert(id) }
    }

    /// The nearest row that is shown and of which this one is a part.
    func shownParent(of id: RowID) -> RowID? {
        var parent = id.parent
        while let wanted = parent, !rows.contains(where: { $0.id == wanted }) {
            parent = wanted.parent
        }
        return parent
    }

    /// The row that shows a strategy, alone where possible; its group is unfolded for that, which
    /// shows with the next rows that are taken. `nil` where the filter hides it.
    mutating func reveal(_ strategy: RowID) -> RowID? {
        for row in folded {
            if row.ungrouped == strategy { return row.id }
            guard let part = row.parts.first(where: { $0.id.ungrouped == strategy }) else {
                continue
            }
            unfolded.insert(row.id)
            return part.id
        }
        return nil
    }

    /// The folded row that shows a strategy, alone or with others.
    func row(with strategy: RowID) -> RowID? {
        folded.first { row in
            row.ungrouped == strategy || row.parts.contains { $0.id.ungrouped == strategy }
        }?.id
    }

    private var folded: some Sequence<Row> {
        (orders[nil] ?? []).lazy.compactMap { known[$0] }
    }

    /// Takes over the folded rows of a fleet.
    ///
    /// - Parameter holdsStill: whether no row may move or go, whatever happened.
    mutating func take(_ folded: [Row], at now: Int64, holdsStill: Bool) {
        let inScope = agent.map { name in folded.filter { $0.id.agent == name } } ?? folded
        let grouping = agent == nil ? grouping : .none
        let matching = Rows.grouped(inScope.filter(filter.matches), by: grouping, at: now)
        let present = Dictionary(uniqueKeysWithValues: matching.map { ($0.id, $0) })
        total =
            grouping == .none
            ? inScope.count : Set(inScope.flatMap(\.members).map(grouping.group)).count
        // A row that went stays as it was last seen.
        known = holdsStill ? known.merging(present) { $1 } : present
        let isDue = sortedAt.map { now - $0 >= Sort.holdMS || now < $0 } ?? true
        let sorts = isDue && !holdsStill
        let fallback = selectedIndex
        rows = arrange(Array(known.values), under: nil, sorts: sorts, at: now)
        // Rows that came before the order was made are not yet an order to hold.
        if sorts { sortedAt = rows.isEmpty ? nil : now }
        // Once for all frames until the next rows: there may be thousands.
        nameWidths = rows.reduce(into: (first: 0, second: 0)) { widths, row in
            let label = RowLabel(row, .unicode, isUnfolded: false)
            widths.first = max(widths.first, DisplayWidth.of(label.first))
            widths.second = max(widths.second, DisplayWidth.of(label.second))
        }
        keepSelection(near: fallback)
    }

    /// Moves the selection; it stops at the ends.
    mutating func select(index: Int) {
        guard !rows.isEmpty else { return }
        selection = rows[min(max(0, index), rows.count - 1)].id
    }

    /// The parts of a row in their order, those that are unfolded with theirs.
    private mutating func arrange(
        _ parts: [Row], under parent: RowID?, sorts: Bool, at now: Int64
    ) -> [Row] {
        let ordered = sorts ? sort.sorted(parts) : held(parts, under: parent)
        orders[parent] = ordered.map(\.id)
        guard !unfolded.isEmpty else { return ordered }
        return ordered.flatMap { row in
            guard row.isFolded, unfolded.contains(row.id) else { return [row] }
            let parts = Rows.parts(of: row, at: now)
            // Instances stay in one order: they are looked for by name.
            guard row.parts.count > 1 else { return [row] + parts }
            return [row] + arrange(parts, under: row.id, sorts: sorts, at: now)
        }
    }

    /// The parts of a row in the order that they have; those that are new come last.
    private func held(_ parts: [Row], under parent: RowID?) -> [Row] {
        let byID =
            parent == nil ? known : Dictionary(uniqueKeysWithValues: parts.map { ($0.id, $0) })
        let kept = (orders[parent] ?? []).compactMap { byID[$0] }
        guard kept.count < parts.count else { return kept }
        let ordered = Set(kept.map(\.id))
        return kept + sort.sorted(parts.filter { !ordered.contains($0.id) })
    }

    /// A selected row that went is followed by the one that came into its place.
    private mutating func keepSelection(near index: Int?) {
        guard selectedIndex == nil else { return }
        if let selection, let parent = shownParent(of: selection) {
            self.selection = parent
        } else if let index {
            select(index: index)
        } else if selection == nil || !rows.isEmpty {
            selection = rows.first?.id
        }
    }
}
