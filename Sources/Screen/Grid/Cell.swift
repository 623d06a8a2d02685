/// One column of the screen: a base character with its combining marks, or the second half of a
/// wide character.
public struct Cell: Sendable, Hashable {
    /// The number of columns that the character of a cell takes.
    public enum Extent: Sendable, Hashable {
        /// One column.
        case single
        /// Two columns: this one and the next, which is a `.continuation`.
        case wide
        /// The second column of the wide character to the left. Draws nothing of its own.
        case continuation
    }

    /// The character of the cell; a blank for a continuation.
    public private(set) var character: Character
    /// The character's width.
    public private(set) var extent: Extent
    /// The style of the cell.
    public var style: Style

    init(_ character: Character, _ extent: Extent, _ style: Style) {
        self.character = character
        self.extent = extent
        self.style = style
    }

    /// Returns an empty cell.
    public static func blank(_ style: Style = .text) -> Cell {
        Cell(" ", .single, style)
    }

    /// The maximum number of combining marks on a character, as in the wide-character cell of
    /// ncurses.
    static let maximumMarks = 4

    /// Adds a combining mark if the cell has a character that can carry it and fewer than the
    /// maximum marks.
    mutating func combine(_ mark: Unicode.Scalar) {
        guard extent != .continuation, character.unicodeScalars.count <= Self.maximumMarks else {
            return
        }
        var text = String(character)
        text.unicodeScalars.append(mark)
        // If Unicode does not join a mark to this base, the mark would become a second character.
        guard text.count == 1, let joined = text.first else { return }
        character = joined
    }
}
