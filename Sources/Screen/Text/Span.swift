/// A piece of text in one style.
public struct Span: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// The text. It may contain any characters, because `Grid` replaces those that a terminal must
    /// not receive.
    public var text: String
    /// The style of the text.
    public var style: Style

    /// Creates a span of `text` in `style`.
    public init(_ text: String, _ style: Style = .text) {
        self.text = text
        self.style = style
    }

    /// Creates a span of `text` in the style of `role`.
    public init(_ text: String, _ role: Role, _ attributes: Attributes = []) {
        self.init(text, Style(role, attributes))
    }

    /// Creates a span of ordinary text.
    public init(stringLiteral value: String) {
        self.init(value)
    }

    /// The number of columns that the text takes.
    public var width: Int { DisplayWidth.of(text) }
}

extension [Span] {
    /// The total number of columns of the spans.
    public var width: Int { reduce(0) { $0 + $1.width } }

    /// The text of the spans without their styles.
    public var text: String { map(\.text).joined() }

    /// Returns the spans cut to `width` columns. If the text is cut, the ellipsis has the style of
    /// the span that was cut.
    public func clipped(to width: Int, ellipsis: Character? = nil) -> [Span] {
        guard self.width > width else { return self }
        var room = width
        var kept: [Span] = []
        for (index, span) in enumerated() {
            let spanWidth = span.width
            // The last span that fits must leave a column for the ellipsis.
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
