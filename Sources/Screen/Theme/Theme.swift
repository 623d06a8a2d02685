/// How everything looks: a look for every role and a character for every glyph.
public struct Theme: Sendable, Hashable {
    /// The background that a theme was made for.
    public enum Background: String, Sendable, Hashable, CaseIterable {
        /// Light text on dark.
        case dark
        /// Dark text on light.
        case light
        /// Both.
        case any
    }

    /// A colour of a look, with the values to use where the full one cannot be shown.
    public struct Tint: Sendable, Hashable {
        /// The colour as it is meant.
        public var full: Color
        /// The palette entry on a terminal of 256 colours, if it is not the nearest one.
        public var at256: UInt8?
        /// The palette entry on a terminal of 16 or 8 colours, if it is not the nearest one.
        public var at16: UInt8?

        /// A colour.
        public init(_ full: Color, at256: UInt8? = nil, at16: UInt8? = nil) {
            self.full = full
            self.at256 = at256
            self.at16 = at16
        }

        /// The colour that a terminal of that depth shows.
        public func color(at depth: ColorDepth) -> Color {
            switch depth {
            case .none, .palette256: at256.map(Color.indexed) ?? full
            case .sixteen, .eight: at16.map(Color.indexed) ?? full
            }
        }
    }

    /// The look of a role.
    public struct Look: Sendable, Hashable {
        /// The colour of the text.
        public var foreground: Tint
        /// The colour behind it.
        public var background: Tint
        /// Its attributes.
        public var attributes: Attributes

        /// A look; the terminal's own colours unless told otherwise.
        public init(
            foreground: Tint = Tint(.terminal), background: Tint = Tint(.terminal),
            attributes: Attributes = []
        ) {
            self.foreground = foreground
            self.background = background
            self.attributes = attributes
        }
    }

    /// Its name.
    public var name: String
    /// The background that it was made for.
    public var background: Background
    /// Its named colours, which a theme that extends it may use too.
    public var palette: [String: Tint]
    /// The looks; a role without one is plain text.
    public var looks: [Role: Look]
    /// The characters that replace those of ``Glyphs/unicode``.
    public var replacedGlyphs: [Glyph: Character]

    /// A theme.
    public init(
        name: String, background: Background = .any, palette: [String: Tint] = [:],
        looks: [Role: Look] = [:], replacedGlyphs: [Glyph: Character] = [:]
    ) {
        self.name = name
        self.background = background
        self.palette = palette
        self.looks = looks
        self.replacedGlyphs = replacedGlyphs
    }

    /// The look of `role`.
    public func look(_ role: Role) -> Look { looks[role] ?? Look() }

    /// Its glyphs, or those of ASCII, which no theme changes.
    public func glyphs(ascii: Bool) -> Glyphs {
        ascii ? .ascii : .unicode.replacing(replacedGlyphs)
    }
}
