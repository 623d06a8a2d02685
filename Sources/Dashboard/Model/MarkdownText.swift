/// Texts of others within a Markdown document.
public enum MarkdownText {
    /// A text that stays within its line and its table's cell, and begins nothing of Markdown's or
    /// HTML's: no link, no image, no code.
    public static func cell(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var last: Unicode.Scalar?
        // By scalar: as a character "\r\n" is neither of the two.
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n" where last == "\r": break
            case "\n", "\r", "\u{0B}", "\u{0C}", "\u{85}", "\u{2028}", "\u{2029}":
                result.append(" ")
            case "|", "<", "[", "`":
                result.append("\\")
                result.append(scalar)
            default: result.append(scalar)
            }
            last = scalar
        }
        return String(result)
    }
}
