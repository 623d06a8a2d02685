/// A piece of text in one style.
public struct Span: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// The text; may hold anything, `Grid` replaces what a terminal must not receive.
    public var text: String
    /// Its look.
    public var style: Style

    /// `text` in `style`.
    public init(_ text: String, _ style: Style = .text) {
        self.text = text
        self.style = style
    }

    /// `text` in the look of `role`.
    public init(_ text: String, _ role: Role, _ attributes: Attributes = []) {
        self.init(text, Style(role, attributes))
    }

    /// Ordinary text.
    public init(stringLiteral value: String) {
        self.init(value)
    }

    /// The columns that it takes.
    public var width: Int { DisplayWidth.of(text) }
}

extension [Span] {
    /// The columns that the spans take together.
    public var width: Int { reduce(0) { $0 + $1.width } }

    /// The spans without their styles.
    public var text: String { map(\.text).joined() }

    /// As much of the spans as fits into `width` columns; the ellipsis, if something was cut, has
    /// the style of what it cut.
    public func clipped(to width: Int, ellipsis: Character? = nil) -> [Span] {
        guard self.width > width else { return self }
        var room = width
        var kept: [Span] = []
        for (index, span) in enumerated() {
            let spanWidth = span.width
            // The last span that fits must still leave a column for the ellipsis.
            let rest = self[(index + 1)...].contains { $0.width > 0 }
            guard spanWidth < room || (spanWidth == room && !rest) else {
                let cut = DisplayWidth.clip(
                    span.text + (rest ? " " : ""), to: room, ellipsis: ellipsis)
                if !cut.isEmpty { kept.append(Span(cut, span.style)) }
                break
            }
            kept.append(span)
            room -= spanWidth
        }
        return kept
    }
}
