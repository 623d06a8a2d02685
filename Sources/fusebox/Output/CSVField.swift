/// A field of comma-separated values.
enum CSVField {
    /// The field by RFC 4180: quoted if it contains a separator of a spreadsheet, a quote or a line end.
    ///
    /// A field that a spreadsheet would evaluate as a formula gets a `'` in front.
    static func text(_ field: String) -> String {
        // By scalar: as a character "\r\n" is neither of the two.
        let scalars = field.unicodeScalars
        let isBlank: (Unicode.Scalar) -> Bool = { $0 == " " || isEnd($0) || $0 == "\t" }
        let first = scalars.first { !isBlank($0) }
        let isFormula = first.map { "=+-@".unicodeScalars.contains($0) } ?? false
        let isControl = scalars.first.map { $0 == "\t" || isEnd($0) } ?? false
        let text = isFormula || isControl ? "'" + field : field
        guard scalars.contains(where: { isEnd($0) || ",;\t\"".unicodeScalars.contains($0) }) else {
            return text
        }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    private static func isEnd(_ scalar: Unicode.Scalar) -> Bool { scalar == "\r" || scalar == "\n" }
}
