import Screen

/// A screen as a terminal without colours shows it: its text, and under it a letter for the
/// attributes of each column.
enum MonoScreen {
    static func text(_ grid: Grid, _ theme: Theme) -> String {
        let rows = (0..<grid.height).map { y in
            let letters = grid.row(y).map { cell in
                letter(theme.paint(cell, depth: .none).attributes)
            }
            return String(letters).trimmed
        }
        return (grid.text + [legend] + rows).joined(separator: "\n") + "\n"
    }

    private static let legend = "-- b bold, d faint, u underline, r reverse; capitals: bold too"

    private static func letter(_ attributes: Attributes) -> Character {
        let isBold = attributes.contains(.bold)
        if attributes.contains(.reverse) { return isBold ? "R" : "r" }
        if attributes.contains(.underline) { return isBold ? "U" : "u" }
        if attributes.contains(.dim) { return isBold ? "D" : "d" }
        return isBold ? "b" : " "
    }
}

extension String {
    /// Without blanks at the end.
    fileprivate var trimmed: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
