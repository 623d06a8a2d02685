/// A page that fills the screen.
enum Page: Sendable {
    case main
    /// The details of the selected row.
    case detail
    /// The places at which an error type happens.
    case errors(ErrorView)
}

extension Page {
    /// Whether both pages have the same kind, regardless of content.
    fileprivate func isLike(_ other: Page) -> Bool {
        switch (self, other) {
        case (.main, .main), (.detail, .detail), (.errors, .errors): true
        case (.main, _), (.detail, _), (.errors, _): false
        }
    }

    var isMain: Bool { isLike(.main) }
    var isDetail: Bool { isLike(.detail) }
}

extension State {
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
}
