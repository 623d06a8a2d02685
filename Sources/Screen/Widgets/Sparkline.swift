/// A trend in one row: one column per point, with the newest on the right.
public struct Sparkline: Sendable, Hashable {
    /// The data of one interval.
    public enum Point: Sendable, Hashable {
        /// A value, drawn as a column in steps of one eighth.
        case value(Double)
        /// A sign instead of a value, such as `.rejected` or `.noData`.
        case marker(Glyph)
        /// No data, drawn as a blank.
        case gap
    }

    /// The points, oldest first.
    public var points: [Point]
    /// The value at which a column is lowest.
    public var lower: Double
    /// The value at which a column is highest.
    public var upper: Double

    /// Creates a trend between `lower` and `upper`; values outside are drawn at the limit.
    public init(_ points: [Point], from lower: Double = 0, to upper: Double = 1) {
        self.points = points
        self.lower = lower
        self.upper = upper
    }

    /// Returns the newest points in `width` columns, padded with blanks on the left. Markers have
    /// the role `muted`, except `.rejected`, which has the style `rejected`.
    public func spans(
        width: Int, glyphs: Glyphs, style: Style = .text, rejected: Style = Style(.error)
    ) -> [Span] {
        let shown = points.suffix(max(0, width))
        var spans: [Span] = []
        let blanks = max(0, width) - shown.count
        if blanks > 0 { spans.append(Span(String(repeating: " ", count: blanks))) }
        for point in shown {
            let span =
                switch point {
                case .value(let value): Span(String(glyphs[level(of: value)]), style)
                case .marker(.rejected): Span(String(glyphs[.rejected]), rejected)
                case .marker(let glyph): Span(String(glyphs[glyph]), .muted)
                case .gap: Span(" ")
                }
            if let last = spans.last, last.style == span.style {
                spans[spans.count - 1].text += span.text
            } else {
                spans.append(span)
            }
        }
        return spans
    }

    /// Returns the glyph for a value: the middle one if the range is empty, the lowest one for NaN.
    private func level(of value: Double) -> Glyph {
        guard !value.isNaN else { return .level1 }
        guard upper > lower else { return .level4 }
        let part = min(1, max(0, (value - lower) / (upper - lower)))
        guard !part.isNaN else { return .level1 }
        return Glyph.levels[min(7, Int(part * 8))]
    }
}
