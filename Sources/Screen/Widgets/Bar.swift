/// A horizontal bar, drawn in eighths of a column.
public struct Bar: Sendable, Hashable {
    /// The filled part, from 0 to 1. NaN counts as 0.
    public let fraction: Double

    /// Creates a bar; `fraction` is limited to 0...1.
    public init(_ fraction: Double) {
        self.fraction = fraction.isNaN ? 0 : min(1, max(0, fraction))
    }

    /// Returns the bar without blanks after it. Every value above 0 shows at least one eighth; only
    /// a value of 1 shows a full bar.
    public func text(width: Int, glyphs: Glyphs) -> String {
        let total = max(0, width) * 8
        guard fraction > 0, total > 0 else { return "" }
        var eighths = Int((fraction * Double(total)).rounded())
        eighths = max(1, fraction < 1 ? min(eighths, total - 1) : total)
        var text = String(repeating: glyphs[.bar8], count: eighths / 8)
        if eighths % 8 > 0 { text.append(glyphs[Glyph.bars[eighths % 8 - 1]]) }
        return text
    }

    /// Returns the bar padded with blanks to `width` columns.
    public func padded(width: Int, glyphs: Glyphs) -> String {
        let text = text(width: width, glyphs: glyphs)
        return text + String(repeating: " ", count: max(0, width - text.count))
    }
}
