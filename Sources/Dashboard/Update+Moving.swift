import Screen

extension State {
    /// Moves the selection, the journal or the detail page.
    mutating func move(_ intent: Intent) {
        switch (page, focus) {
        case (.detail, _):
            detailOffset = target(intent, from: detailOffset, page: max(1, height - 5), last: 1_000)
            detailOffset = min(detailOffset, DetailPage.lastOffset(self))
        case (.main, .table):
            let visible = Table.visibleRows(height: Panes(self).table.height)
            table.select(
                index: target(
                    intent, from: table.selectedIndex ?? 0, page: max(1, visible - 1),
                    last: table.rows.count - 1))
        case (.main, .journal):
            // The newest line is the last one: up goes back in time.
            let last = journal.entries.count
            let line = target(
                intent, from: last - journalOffset, page: max(1, Panes(self).journal.height),
                last: last)
            journalOffset = last - line
        }
        scroll()
    }

    private func target(_ intent: Intent, from line: Int, page: Int, last: Int) -> Int {
        let wanted =
            switch intent {
            case .up: line - 1
            case .down: line + 1
            case .pageUp: line - page
            case .pageDown: line + page
            case .first: 0
            case .last: last
            case .fold, .unfold, .nextPane, .enter, .back, .filter, .sort, .reverse, .group,
                .nextProblem, .pause, .step, .slower, .faster, .open, .reset, .probe, .limits,
                .help, .quit:
                line
            }
        return max(0, min(wanted, last))
    }
}
