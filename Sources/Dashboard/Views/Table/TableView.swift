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
    /// The folded rows in their order.
    private var folded: [Row] = []
    /// The parts of a row that is unfolded, in their order.
    private var orders: [RowID: [RowID]] = [:]
    /// When they were put in order; `nil` to do it anew.
    private var sortedAt: Int64?

    /// How many folded rows the filter lets through.
    var count: Int { folded.count }

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

    /// Takes over the folded rows of a fleet.
    ///
    /// - Parameters:
    ///   - holdsStill: whether no row may move or go, whatever happened.
    ///   - keepsSelection: whether a row that is not shown any more stays selected.
    mutating func take(
        _ all: [Row], at now: Int64, holdsStill: Bool, keepsSelection: Bool = false
    ) {
        let inScope = agent.map { name in all.filter { $0.id.agent == name } } ?? all
        let grouping = agent == nil ? grouping : .none
        let matching = filter.isEmpty ? inScope : inScope.filter(filter.matches)
        var present = Rows.grouped(matching, by: grouping, at: now)
        total =
            grouping == .none
            ? inScope.count : Set(inScope.flatMap(\.members).map(grouping.group)).count
        if holdsStill {
            // A row that the filter would hide by now stays, and one that went as it was last seen.
            let ids = Set(present.map(\.id))
            let missing = folded.filter { !ids.contains($0.id) }
            let all = missing.isEmpty ? [] : Rows.grouped(inScope, by: grouping, at: now)
            let byID = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            present += missing.map { byID[$0.id] ?? $0 }
        }
        let isDue = sortedAt.map { now - $0 >= Sort.holdMS || now < $0 } ?? true
        let sorts = isDue && !holdsStill
        let fallback = selectedIndex
        folded = sorts ? sort.sorted(present) : held(present, in: folded.lazy.map(\.id))
        let all = unfolded.isEmpty ? folded : unfold(folded, sorts: sorts, at: now)
        rows = holdsStill ? inPlace(all) : all
        // Rows that came before the order was made are not yet an order to hold.
        if sorts { sortedAt = rows.isEmpty ? nil : now }
        // Once for all frames until the next rows: there may be thousands.
        nameWidths = rows.reduce(into: (first: 0, second: 0)) { widths, row in
            let label = RowLabel(row, .unicode, isUnfolded: false)
            widths.first = max(widths.first, DisplayWidth.of(label.first))
            widths.second = max(widths.second, DisplayWidth.of(label.second))
        }
        if !keepsSelection { keepSelection(near: fallback) }
    }

    /// Moves the selection; it stops at the ends.
    mutating func select(index: Int) {
        guard !rows.isEmpty else { return }
        selection = rows[min(max(0, index), rows.count - 1)].id
    }

    /// Rows, those that are unfolded with their parts.
    private mutating func unfold(_ rows: [Row], sorts: Bool, at now: Int64) -> [Row] {
        rows.flatMap { row in
            guard row.isFolded, unfolded.contains(row.id) else { return [row] }
            let parts = Rows.parts(of: row, at: now)
            // Instances stay in one order: they are looked for by name.
            guard row.parts.count > 1 else { return [row] + parts }
            let ordered = sorts ? sort.sorted(parts) : held(parts, in: orders[row.id] ?? [])
            orders[row.id] = ordered.map(\.id)
            return [row] + unfold(ordered, sorts: sorts, at: now)
        }
    }

    /// What is shown, with the present figures of what is still there; what is new comes last.
    private func inPlace(_ all: [Row]) -> [Row] {
        let byID = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let shown = Set(rows.map(\.id))
        return rows.map { byID[$0.id] ?? $0 } + all.filter { !shown.contains($0.id) }
    }

    /// Rows in the order that they have; those that are new come last.
    private func held(_ rows: [Row], in order: some Sequence<RowID>) -> [Row] {
        let byID = Dictionary(uniqueKeysWithValues: rows.map { ($0.id, $0) })
        let kept = order.compactMap { byID[$0] }
        guard kept.count < rows.count else { return kept }
        let ordered = Set(kept.map(\.id))
        return kept + sort.sorted(rows.filter { !ordered.contains($0.id) })
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
