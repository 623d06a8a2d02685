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
    func isLike(_ other: Page) -> Bool {
        switch (self, other) {
        case (.main, .main), (.detail, .detail), (.errors, .errors): true
        case (.main, _), (.detail, _), (.errors, _): false
        }
    }

    var isMain: Bool { isLike(.main) }
    var isDetail: Bool { isLike(.detail) }
}
