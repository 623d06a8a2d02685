/// Where the operator is: the pages over the main screen, the overlay, the pane with the focus, and
/// how far they are scrolled.
struct Navigation: Sendable {
    /// The pages over the main screen, the topmost last.
    private var pages: [Page] = []
    var overlay = Overlay.none
    var focus = Pane.table
    /// How many lines the detail page is scrolled down.
    var detailOffset = 0
    /// How many entries the journal is scrolled back.
    var journalOffset = 0
    /// The row of the detail page, if the table does not contain it any more.
    var held: Row?
    /// The transition that the operator last went to.
    var transition: TransitionMark?
    /// Whether `g` was pressed once and waits for the second `g`.
    private var hasPendingG = false

    /// The page on top, which fills the screen.
    var page: Page { pages.last ?? .main }

    /// The page of an error type, on top or under the details page.
    var errors: ErrorView? {
        for case .errors(let view) in pages.reversed() { return view }
        return nil
    }

    /// Shows a page on top of the present one. The stack holds at most one page of each kind.
    mutating func show(_ page: Page) {
        pages.removeAll { $0.isLike(page) }
        if !page.isMain { pages.append(page) }
        if page.isDetail { detailOffset = 0 }
    }

    /// Replaces the state of the error type page, if it is shown.
    mutating func replace(_ view: ErrorView) {
        guard let index = pages.lastIndex(where: { $0.isLike(.errors(view)) }) else { return }
        pages[index] = .errors(view)
    }

    /// Closes the page on top. Returns whether there was one.
    mutating func closePage() -> Bool {
        guard pages.popLast() != nil else { return false }
        detailOffset = 0
        return true
    }

    /// Shows the main screen.
    mutating func closePages() { pages = [] }

    /// Records a `g`. Returns whether it is the second one.
    mutating func pressG() -> Bool {
        defer { hasPendingG.toggle() }
        return hasPendingG
    }

    /// Forgets a `g` that another key follows.
    mutating func forgetG() { hasPendingG = false }
}

/// A pane that can have the keyboard focus.
enum Pane: Equatable, Sendable {
    case table, journal
}
