import Fleet
import ResilienceWire
import Screen

/// The state of the table: its rows, their order and the selection.
struct TableView: Sendable {
    /// The rows shown, top to bottom, including the parts of unfolded rows.
    private(set) var rows: [Row] = []
    /// The widths of the longest names in these rows, in columns.
    private(set) var nameWidths = (first: 0, second: 0)
    /// The number of folded rows without the filter.
    private(set) var total = 0
    /// The identity of the selected row.
    var selection: RowID?
    /// The first row in view.
    var offset = 0
    var sort = Sort() {
        didSet { if sort != oldValue { sortedAt = nil } }
    }
    var filter = Filter() {
        didSet { if filter != oldValue { sortedAt = nil } }
    }
    /// The grouping of the rows.
    var grouping = Grouping.none {
        didSet { if grouping != oldValue { sortedAt = nil } }
    }
    /// The agent whose strategies alone are shown, regardless of the grouping; `nil` for all.
    var agent: String? {
        didSet { if agent != oldValue { sortedAt = nil } }
    }

    private var unfolded: Set<RowID> = []
    /// The folded rows in their order.
    private var folded: [Row] = []
    /// The places of these rows in the book, and its generation; `nil` if they are not in it.
    private var places: (all: [Int], generation: Int)?
    /// The index of the row at each place of the book; -1 for a row that is not shown.
    private var indexes: [Int] = []
    /// The book's generation for which ``nameWidths`` are those of all its rows; `nil` for others.
    private var widthsGeneration: Int?
    /// The order of the parts of each unfolded row.
    private var orders: [RowID: [RowID]] = [:]
    /// The time of the last sort in Unix milliseconds; `nil` to sort again.
    private var sortedAt: Int64?

    /// The number of folded rows that pass the filter.
    var count: Int { folded.count }

    /// The index of the selected row.
    var selectedIndex: Int? {
        selection.flatMap { id in rows.firstIndex { $0.id == id } }
    }

    /// Whether the parts of a row are shown under it.
    func isUnfolded(_ id: RowID) -> Bool { unfolded.contains(id) }

    /// Shows or hides the parts of a folded row.
    mutating func toggle(_ id: RowID) {
        if unfolded.remove(id) == nil { unfolded.insert(id) }
    }

    /// The nearest shown row that contains a row.
    func shownParent(of id: RowID) -> RowID? {
        var parent = id.parent
        while let wanted = parent, !rows.contains(where: { $0.id == wanted }) {
            parent = wanted.parent
        }
        return parent
    }

    /// Finds the row that shows a strategy, alone if possible. Its group is unfolded for this,
    /// which shows with the next ``take(_:at:holdsStill:keepsSelection:)``. Returns `nil` if the
    /// filter hides it.
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

    /// Updates the table from the rows of a fleet.
    ///
    /// - Parameters:
    ///   - holdsStill: whether rows must keep their order and none may be removed.
    ///   - keepsSelection: whether a row that is no longer shown stays selected.
    mutating func take(
        _ book: RowBook, at now: Int64, holdsStill: Bool, keepsSelection: Bool = false
    ) {
        let grouping = agent == nil ? grouping : .none
        let scope = agent.map(book.places(of:)) ?? book.rows.indices
        let matching =
            filter.isEmpty ? Array(scope) : scope.filter { filter.matches(book.rows[$0]) }
        total =
            grouping == .none
            ? scope.count
            : Set(book.rows[scope].lazy.flatMap(\.members).map(grouping.group)).count
        let isDue = sortedAt.map { now - $0 >= Sort.holdMS || now < $0 } ?? true
        let sorts = isDue && !holdsStill
        let fallback = selectedIndex
        if grouping == .none, !holdsStill {
            let ordered =
                sorts ? sort.sorted(matching, of: book) : held(matching, of: book)
            folded = ordered.map { book.rows[$0] }
            places = (ordered, book.generation)
            indexes = [Int](repeating: -1, count: book.rows.count)
            for (index, place) in ordered.enumerated() { indexes[place] = index }
        } else {
            var present = Rows.grouped(matching.map { book.rows[$0] }, by: grouping, at: now)
            if holdsStill {
                present += missing(in: present) {
                    Rows.grouped(Array(book.rows[scope]), by: grouping, at: now)
                }
            }
            folded = sorts ? sort.sorted(present) : held(present, in: folded.lazy.map(\.id))
            places = nil
        }
        let all = unfolded.isEmpty ? folded : unfold(folded, sorts: sorts, at: now)
        rows = holdsStill ? inPlace(all) : all
        // An empty table has no order to keep.
        if sorts { sortedAt = rows.isEmpty ? nil : now }
        let isWhole = unfolded.isEmpty && places?.all.count == book.rows.count
        if !isWhole || widthsGeneration != book.generation { measureNames() }
        widthsGeneration = isWhole ? book.generation : nil
        if !keepsSelection { keepSelection(near: fallback) }
    }

    /// Replaces some rows by newer ones with the same identity.
    ///
    /// - Parameters:
    ///   - range: the indexes of the rows.
    ///   - row: returns the newer row; `nil` keeps the present one.
    mutating func renew(_ range: Range<Int>, _ row: (RowID) -> Row?) {
        for index in range { rows[index] = row(rows[index].id) ?? rows[index] }
    }

    /// Replaces the rows at some places by those of the book, so that the old ones are freed a few at
    /// a time. Does nothing if the table has other rows than the book.
    mutating func renew(places range: Range<Int>, from book: RowBook) {
        guard unfolded.isEmpty, let places, places.generation == book.generation else { return }
        for place in range where indexes[place] >= 0 {
            folded[indexes[place]] = book.rows[place]
            rows[indexes[place]] = book.rows[place]
        }
    }

    private mutating func measureNames() {
        nameWidths = rows.reduce(into: (first: 0, second: 0)) { widths, row in
            let label = RowLabel(row, .unicode, isUnfolded: false)
            widths.first = max(widths.first, DisplayWidth.of(label.first))
            widths.second = max(widths.second, DisplayWidth.of(label.second))
        }
    }

    /// The rows that are shown but not in `present`: those that the filter would hide now, and
    /// removed rows as they were last seen.
    ///
    /// - Parameter all: makes the rows without the filter.
    private func missing(in present: [Row], of all: () -> [Row]) -> [Row] {
        let ids = Set(present.map(\.id))
        let missing = folded.filter { !ids.contains($0.id) }
        guard !missing.isEmpty else { return [] }
        let byID = Dictionary(all().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return missing.map { byID[$0.id] ?? $0 }
    }

    /// Selects a row by index, limited to the table.
    mutating func select(index: Int) {
        guard !rows.isEmpty else { return }
        selection = rows[min(max(0, index), rows.count - 1)].id
    }

    /// Inserts the parts of unfolded rows.
    private mutating func unfold(_ rows: [Row], sorts: Bool, at now: Int64) -> [Row] {
        rows.flatMap { row in
            guard row.isFolded, unfolded.contains(row.id) else { return [row] }
            let parts = Rows.parts(of: row, at: now)
            // Instances always keep the same order, so that they can be found by name.
            guard row.parts.count > 1 else { return [row] + parts }
            let ordered = sorts ? sort.sorted(parts) : held(parts, in: orders[row.id] ?? [])
            orders[row.id] = ordered.map(\.id)
            return [row] + unfold(ordered, sorts: sorts, at: now)
        }
    }

    /// The shown rows with present figures. New rows come last.
    private func inPlace(_ all: [Row]) -> [Row] {
        let byID = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let shown = Set(rows.map(\.id))
        return rows.map { byID[$0.id] ?? $0 } + all.filter { !shown.contains($0.id) }
    }

    /// Puts places of a book into the present order. New rows come last.
    private func held(_ matching: [Int], of book: RowBook) -> [Int] {
        let order =
            if let places, places.generation == book.generation {
                places.all
            } else {
                folded.compactMap { book.place(of: $0.id) }
            }
        var isNew = [Bool](repeating: false, count: book.rows.count)
        for place in matching { isNew[place] = true }
        let kept = order.filter { isNew[$0] }
        guard kept.count < matching.count else { return kept }
        for place in kept { isNew[place] = false }
        return kept + sort.sorted(matching.filter { isNew[$0] }, of: book)
    }

    /// Puts rows into an existing order. New rows come last.
    private func held(_ rows: [Row], in order: some Sequence<RowID>) -> [Row] {
        let byID = Dictionary(uniqueKeysWithValues: rows.map { ($0.id, $0) })
        let kept = order.compactMap { byID[$0] }
        guard kept.count < rows.count else { return kept }
        let ordered = Set(kept.map(\.id))
        return kept + sort.sorted(rows.filter { !ordered.contains($0.id) })
    }

    /// If the selected row was removed, selects the row that took its position.
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
