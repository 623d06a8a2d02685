import Screen

extension State {
    /// Moves the selection, the journal or the detail page.
    mutating func move(_ movement: Movement) {
        switch (navigation.page, navigation.focus) {
        case (.detail, _):
            navigation.detailOffset = movement.target(
                from: navigation.detailOffset, page: max(1, size.height - 5),
                last: DetailPage.lastOffset(self))
        case (.errors(var view), _):
            view.move(movement, page: max(1, size.height - 6))
            navigation.replace(view)
        case (.main, .table):
            let visible = Table.visibleRows(height: Panes(self).table.height)
            table.select(
                index: movement.target(
                    from: table.selectedIndex ?? 0, page: max(1, visible - 1),
                    last: table.rows.count - 1))
        case (.main, .journal):
            // The newest line is the last one: up goes back in time.
            let last = journal.entries.count
            let line = movement.target(
                from: last - navigation.journalOffset, page: max(1, Panes(self).journal.height),
                last: last)
            navigation.journalOffset = last - line
        }
        scroll()
    }
}
