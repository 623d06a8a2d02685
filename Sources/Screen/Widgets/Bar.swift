/// A horizontal bar, drawn in eighths of a column.
public struct Bar: Sendable, Hashable {
    /// The filled part, from 0 to 1. What is not a number counts as nothing.
    public let fraction: Double

    /// A bar; `fraction` is limited to 0...1.
    public init(_ fraction: Double) {
        self.fraction = fraction.isNaN ? 0 : min(1, max(0, fraction))
    }

    /// The bar without blanks after it. Anything above nothing shows at least one eighth, and only
    /// a whole bar is full.
    public func text(width: Int, glyphs: Glyphs) -> String {
        let total = max(0, width) * 8
        guard fraction > 0, total > 0 else { return "" }
        var eighths = Int((fraction * Double(total)).rounded())
        eighths = max(1, fraction < 1 ? min(eighths, total - 1) : total)
        var text = String(repeating: glyphs[.bar8], count: eighths / 8)
        if eighths % 8 > 0 { text.append(glyphs[Glyph.bars[eighths % 8 - 1]]) }
        return text
    }

    /// The bar with blanks up to `width` columns.
    public func padded(width: Int, glyphs: Glyphs) -> String {
        let text = text(width: width, glyphs: glyphs)
        return text + String(repeating: " ", count: max(0, width - text.count))
    }
}
