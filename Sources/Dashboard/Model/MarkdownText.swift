/// Escapes untrusted text for a Markdown document.
public enum MarkdownText {
    /// Escapes a text for a table cell. The result has no line breaks and no Markdown or HTML
    /// syntax, such as links, images or code.
    public static func cell(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var last: Unicode.Scalar?
        // Compare scalars: the character "\r
        //
        // " equals neither "\r" nor "
        //
        // ".
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
