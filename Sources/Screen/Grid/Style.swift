/// Attributes of text that every terminal has, with or without colours.
public struct Attributes: OptionSet, Sendable, Hashable {
    /// One bit per attribute.
    public let rawValue: UInt8

    /// Attributes from their bits.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Bold or bright.
    public static let bold = Attributes(rawValue: 1)
    /// Faint.
    public static let dim = Attributes(rawValue: 2)
    /// Underlined.
    public static let underline = Attributes(rawValue: 4)
    /// Foreground and background exchanged.
    public static let reverse = Attributes(rawValue: 8)
}

/// How a cell is to look: a role and attributes. The theme turns it into colours when the cell is
/// shown, so a grid is the same under every theme.
public struct Style: Sendable, Hashable {
    /// What the text means.
    public var role: Role
    /// Attributes on top of those of the role.
    public var attributes: Attributes
    /// The role that the cell lies on, such as `.selection` for every cell of the selected row.
    public var ground: Role?

    /// A style of `role`, with further `attributes`, on the background of `ground`.
    public init(_ role: Role = .text, _ attributes: Attributes = [], on ground: Role? = nil) {
        self.role = role
        self.attributes = attributes
        self.ground = ground
    }

    /// Ordinary text.
    public static let text = Style(.text)
}
