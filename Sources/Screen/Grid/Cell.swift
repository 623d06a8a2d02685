/// One column of the screen: a base character with its combining marks, or the second half of a
/// wide one.
public struct Cell: Sendable, Hashable {
    /// How many columns the character of a cell takes.
    public enum Extent: Sendable, Hashable {
        /// One column.
        case single
        /// Two columns: this one and the next, which is a `.continuation`.
        case wide
        /// The second column of the wide character to the left. Draws nothing of its own.
        case continuation
    }

    /// What is drawn; a blank for a continuation.
    public private(set) var character: Character
    /// Its width.
    public private(set) var extent: Extent
    /// Its look.
    public var style: Style

    init(_ character: Character, _ extent: Extent, _ style: Style) {
        self.character = character
        self.extent = extent
        self.style = style
    }

    /// An empty column.
    public static func blank(_ style: Style = .text) -> Cell {
        Cell(" ", .single, style)
    }

    /// At most this many marks stay on a character; the wide-character cell of ncurses holds no more.
    static let maximumMarks = 4

    /// Adds a combining mark, if there is room and something to carry it.
    mutating func combine(_ mark: Unicode.Scalar) {
        guard extent != .continuation, character.unicodeScalars.count <= Self.maximumMarks else {
            return
        }
        var text = String(character)
        text.unicodeScalars.append(mark)
        // A mark that Unicode does not join to this base would become a character of its own.
        guard text.count == 1, let joined = text.first else { return }
        character = joined
    }
}
