/// What fills the screen.
enum Page: Sendable {
    case main
    /// The selected row in full.
    case detail
    /// Where an error type happens.
    case errors(ErrorView)
}

extension Page {
    /// Whether both are pages of one kind, whatever they show.
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
    /// What fills the screen.
    var page: Page { pages.last ?? .main }

    /// The view of an error type, on the screen or under the details.
    var errors: ErrorView? {
        for case .errors(let view) in pages.reversed() { return view }
        return nil
    }

    /// Shows a page over the present one. No kind of page lies twice in the pile.
    mutating func show(_ page: Page) {
        pages.removeAll { $0.isLike(page) }
        if !page.isMain { pages.append(page) }
        if page.isDetail { detailOffset = 0 }
    }

    /// Goes on with another state of the view of an error type.
    mutating func replace(_ view: ErrorView) {
        guard let index = pages.lastIndex(where: { $0.isLike(.errors(view)) }) else { return }
        pages[index] = .errors(view)
    }
}
