/// Text attributes that every terminal has, with or without colours.
public struct Attributes: OptionSet, Sendable, Hashable {
    /// The attributes, one bit each.
    public let rawValue: UInt8

    /// Creates attributes from their bits.
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

/// The look of a cell as a role and attributes. The theme supplies the colours when the cell is
/// shown, so a grid is the same under every theme.
public struct Style: Sendable, Hashable {
    /// The meaning of the text.
    public var role: Role
    /// Attributes in addition to those of the role.
    public var attributes: Attributes
    /// The role of the background, such as `.selection` for every cell of the selected row.
    public var ground: Role?

    /// Creates a style of `role` with additional `attributes`, on the background of `ground`.
    public init(_ role: Role = .text, _ attributes: Attributes = [], on ground: Role? = nil) {
        self.role = role
        self.attributes = attributes
        self.ground = ground
    }

    /// Ordinary text.
    public static let text = Style(.text)
}
