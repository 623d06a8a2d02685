import Fleet
import ResilienceWire

extension State {
    /// Shows the page of the selected row's most frequent error type. If the page is already shown,
    /// changes to the next type.
    mutating func showErrors() {
        book.update(shownFleet, at: shownNow)
        let rows = book.rows
        if case .errors(let view) = navigation.page {
            let types = ErrorView.types(in: rows)
            let index = types.firstIndex(of: view.type).map { $0 + 1 } ?? 0
            showErrors(of: types.isEmpty ? view.type : types[index % types.count])
            return
        }
        guard let row = selectedRow else {
            say("no strategy is selected")
            return
        }
        guard let type = row.counters(last: 300_000).errorShares.first?.type else {
            say("\(row.title(in: shownFleet)) had no failed attempts in 5 minutes")
            return
        }
        showErrors(of: type)
    }

    /// Shows the page of an error type.
    mutating func showErrors(of type: String) {
        let selected = selectedRow?.ungrouped
        var view = ErrorView(type)
        view.take(book.rows, at: shownNow, holdsStill: false)
        view.select(selected)
        navigation.show(.errors(view))
    }
}
