import Fleet
import ResilienceWire
import Screen

extension State {
    /// Recomputes all rows and everything derived from them.
    mutating func refresh() {
        book.update(shownFleet, at: shownNow)
        showRows()
    }

    /// Shows the rows, the problems and the journal as they are now.
    mutating func showRows() {
        rearrange()
        let shown = shownFleet
        attention = Attention(book, shown, at: shownNow)
        renewQuestion()
        readJournal(shown)
        scroll()
    }

    /// Updates the figures of the rows on screen. Groups keep theirs: they may have any number of
    /// strategies.
    mutating func renewRowsOnScreen() {
        let visible = Table.visibleRows(height: Panes(self).table.height)
        let range = table.offset..<min(table.offset + visible, table.rows.count)
        guard !range.isEmpty else { return }
        let (fleet, now) = (shownFleet, shownNow)
        let agents = table.rows[range].lazy.filter { $0.id.group == nil }.map(\.id.agent)
        book.update(agents: Set(agents), fleet, at: now)
        table.renew(range) { id in
            id.group == nil ? Rows.row(id, in: book, fleet, at: now) : nil
        }
    }

    /// Updates the next rows. Sorts them and finds the problems after the last ones.
    mutating func updateMoreRows() -> [Effect] {
        guard time.isLive else { return [] }
        let count = min(max(Self.leastInPart, book.rows.count / Self.parts), Self.mostInPart)
        let (places, isOver) = book.updateNext(count, shownFleet, at: shownNow)
        table.renew(places: places, from: book)
        guard isOver else { return [] }
        showRows()
        return [.draw]
    }

    /// The usual number of parts in which many rows are updated.
    private static let parts = 160
    /// The least and the greatest number of rows in a part. A key may have to wait for one part.
    private static let leastInPart = 50
    private static let mostInPart = 600

    /// Shows the present rows in another order, selection or view.
    mutating func rearrange() {
        let looked = navigation.page.isDetail ? selectedRow : nil
        table.take(
            book, at: shownNow, holdsStill: navigation.overlay.holdsStill,
            keepsSelection: looked != nil)
        if var view = navigation.errors {
            view.take(
                book.rows, at: shownNow,
                holdsStill: navigation.overlay.holdsStill || navigation.page.isDetail)
            navigation.replace(view)
        }
        hold(looked, shownFleet)
        scroll()
    }

    /// Keeps the row of an open page, although the table may not contain it any more.
    private mutating func hold(_ looked: Row?, _ fleet: Fleet) {
        navigation.held = nil
        guard let looked, looked.id == table.selection, table.selectedIndex == nil else { return }
        navigation.held = Rows.row(looked.id, in: book, fleet, at: shownNow) ?? looked
    }
}

/// The rows that lines have changed.
enum RowNews {
    case nothing
    /// The rows of these instances; if there are none, only the journal or the alerts.
    case instances(Set<InstanceID>)
    case all

    mutating func add(_ line: Line) {
        guard line.message.changesRows else { return }
        switch (line.message, self) {
        case (_, .all): break
        // Every row shows the orders that hold for it.
        case (.standing, _), (.standingEnd, _): self = .all
        case (_, .nothing): self = .instances(line.source.map { [$0] } ?? [])
        case (_, .instances(var changed)):
            if let source = line.source { changed.insert(source) }
            self = .instances(changed)
        }
    }
}
