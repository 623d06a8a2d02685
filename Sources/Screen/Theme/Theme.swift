/// The look of every role and the character of every glyph.
public struct Theme: Sendable, Hashable {
    /// The background that a theme was made for.
    public enum Background: String, Sendable, Hashable, CaseIterable {
        /// Light text on dark.
        case dark
        /// Dark text on light.
        case light
        /// Either kind of background.
        case any
    }

    /// A colour of a look, with replacements for terminals that cannot show it.
    public struct Tint: Sendable, Hashable {
        /// The intended colour.
        public var full: Color
        /// The palette entry on a terminal of 256 colours; `nil` for the nearest one.
        public var at256: UInt8?
        /// The palette entry on a terminal of 16 or 8 colours; `nil` for the nearest one.
        public var at16: UInt8?

        /// Creates a tint.
        public init(_ full: Color, at256: UInt8? = nil, at16: UInt8? = nil) {
            self.full = full
            self.at256 = at256
            self.at16 = at16
        }

        /// Returns the colour to show on a terminal with this colour depth.
        public func color(at depth: ColorDepth) -> Color {
            switch depth {
            case .none, .palette256: at256.map(Color.indexed) ?? full
            case .sixteen, .eight: at16.map(Color.indexed) ?? full
            }
        }
    }

    /// The look of a role.
    public struct Appearance: Sendable, Hashable {
        /// The colour of the text.
        public var foreground: Tint
        /// The colour of the background.
        public var background: Tint
        /// The attributes of the text.
        public var attributes: Attributes

        /// Creates a look, by default with the terminal's own colours.
        public init(
            foreground: Tint = Tint(.terminal), background: Tint = Tint(.terminal),
            attributes: Attributes = []
        ) {
            self.foreground = foreground
            self.background = background
            self.attributes = attributes
        }
    }

    /// The theme's name.
    public var name: String
    /// The background that the theme was made for.
    public var background: Background
    /// The theme's named colours. A theme that extends this one can use them too.
    public var palette: [String: Tint]
    /// The looks of the roles. A role without a look is plain text.
    public var looks: [Role: Appearance]
    /// The characters that replace those of ``Glyphs/unicode``.
    public var replacedGlyphs: [Glyph: Character]

    /// A theme.
    public init(
        name: String, background: Background = .any, palette: [String: Tint] = [:],
        looks: [Role: Appearance] = [:], replacedGlyphs: [Glyph: Character] = [:]
    ) {
        self.name = name
        self.background = background
        self.palette = palette
        self.looks = looks
        self.replacedGlyphs = replacedGlyphs
    }

    /// Returns the look of `role`.
    public func look(_ role: Role) -> Appearance { looks[role] ?? Appearance() }

    /// Returns the theme's glyphs, or the ASCII glyphs, which themes do not change.
    public func glyphs(ascii: Bool) -> Glyphs {
        ascii ? .ascii : .unicode.replacing(replacedGlyphs)
    }
}
